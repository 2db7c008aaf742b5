// `lockwrap export`: the profile in another tool's format.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "export/export_formats.h"
#include "base/output_file.h"
#include "export/perfetto_trace.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kPrometheusRows = 50;

struct Request {
  ProfileChoice input;
  std::string format;
  std::optional<Side> side;
  std::string table;
  std::optional<size_t> top;
  std::string output_path;
};

// What says something about all locks, in the order of the time waited.
LockReport report_of(NamedProfile &profile, size_t top) {
  ReportOptions options;
  options.top = top;
  return make_report(profile.locks(), profile.places(), profile.lock_names(), options);
}

void pprof(NamedProfile &profile, const Request &request, const OutputSink &out) { export_pprof(profile, request.side, out); }

void folded(NamedProfile &profile, const Request &request, const OutputSink &out) { export_folded(profile, request.side.value_or(Side::kWaiter), out); }

void contention(NamedProfile &profile, const Request &request, const OutputSink &out) {
  export_contention(profile, request.side.value_or(Side::kWaiter), out);
}

void speedscope(NamedProfile &profile, const Request &request, const OutputSink &out) { export_speedscope(profile, request.side, out); }

void prometheus(NamedProfile &profile, const Request &request, const OutputSink &out) {
  const LockReport all = report_of(profile, 0);
  const size_t top = request.top.value_or(kPrometheusRows);
  out(export_prometheus(all, top == 0 ? all.rows.size() : top));
}

void csv(NamedProfile &profile, const Request &request, const OutputSink &out) {
  const CsvTable table = request.table == "pairs" ? CsvTable::kPairs : request.table == "places" ? CsvTable::kPlaces : CsvTable::kLocks;
  out(export_csv(report_of(profile, request.top.value_or(0)), table));
}

void perfetto(NamedProfile &profile, const Request &, const OutputSink &out) { out(export_perfetto(profile)); }

// One line a format: its name, which options it knows, who writes it.
struct Format {
  const char *name;
  bool has_sides;
  bool has_top;
  bool has_tables;
  bool is_binary;
  RawSamples raw;
  void (*write)(NamedProfile &profile, const Request &request, const OutputSink &out);
};
constexpr Format kFormats[] = {
    {"pprof", true, false, false, true, RawSamples::kKept, pprof},
    {"folded", true, false, false, false, RawSamples::kForgotten, folded},
    {"contention", true, false, false, false, RawSamples::kForgotten, contention},
    {"speedscope", true, false, false, false, RawSamples::kForgotten, speedscope},
    {"prometheus", false, true, false, false, RawSamples::kForgotten, prometheus},
    {"csv", false, true, true, false, RawSamples::kForgotten, csv},
    {"perfetto", false, false, false, false, RawSamples::kForgotten, perfetto},
};

void run(const Request &request) {
  for (const Format &format : kFormats) {
    if (request.format != format.name) continue;
    const auto refuse = [&](const char *option, const char *where) {
      throw CommandError(std::string(option) + " is not for --format=" + format.name + ", but for " + where + "; see `lockwrap export --help`");
    };
    if (request.side && !format.has_sides) refuse("--side", "pprof, folded, contention and speedscope");
    if (request.top && !format.has_top) refuse("--top", "prometheus and csv");
    if (!request.table.empty() && !format.has_tables) refuse("--table", "csv");
    if (format.is_binary && request.output_path.empty() && isatty(STDOUT_FILENO)) {
      throw CommandError(std::string("--format=") + format.name + " is not text, and this is a terminal; name a file with -o");
    }
    NamedProfile profile(request.input.path, request.input.binary, format.raw);
    write_output(request.output_path, [&](const OutputSink &out) { format.write(profile, request, out); });
  }
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format &format : kFormats) names.emplace_back(format.name);
  return names;
}

}  // namespace

void add_export_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  auto side = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("export", "Write a profile in the format of another tool");
  add_profile_options(*command, request->input);
  command->add_option("--format", request->format,
                      "pprof: with names, for `go tool pprof`; folded: for flamegraph.pl; contention: with names, for google-pprof and jeprof; speedscope: for www.speedscope.app; prometheus: text exposition; csv: for spreadsheets; perfetto: a timeline of waits for ui.perfetto.dev, of a program run with timeline_kb=64")
      ->check(CLI::IsMember(format_names()))->type_name("")->required();
  command->add_option("--side", *side, "Only those who wait, or only those who make them wait (default: pprof and speedscope both, folded and contention waiter)")
      ->check(CLI::IsMember({"waiter", "holder"}))->type_name("");
  command->add_option("--table", request->table, "For csv: a line a lock, a place, or a pair of places (default: locks)")
      ->check(CLI::IsMember({"locks", "places", "pairs"}))->type_name("");
  command->add_option("--top", request->top, "For csv and prometheus: only the N locks that were waited for longest, 0 for all; prometheus adds up the others "
                      "(default: prometheus 50, csv all)")
      ->type_name("N")->check(whole_number_from(0));
  add_output_option(*command, request->output_path);
  command->footer("Examples:\n  lockwrap export service.pb.gz --format=pprof --side=waiter -o waiters.pb.gz && go tool pprof -top waiters.pb.gz\n"
                  "  lockwrap export service.pb.gz --format=speedscope -o service.speedscope.json\n"
                  "  lockwrap export service.pb.gz --format=contention -o waiters.contention && google-pprof --text waiters.contention");
  command->callback([request, side] {
    if (!side->empty()) request->side = *side == "holder" ? Side::kHolder : Side::kWaiter;
    run(*request);
  });
}

}  // namespace lockwrap::cli
