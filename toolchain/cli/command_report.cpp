// `lockwrap report`: the profile as a table or as JSON.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "command_line.h"
#include "error.h"
#include "frame_source.h"
#include "lock_report.h"
#include "output_file.h"
#include "profile_binary.h"
#include "profile_reader.h"
#include "report_json.h"
#include "report_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kTextRows = 20;

struct Request {
  std::string profile_path;
  BinaryChoice binary;
  ReportOptions report;
  std::string side;
  std::string order;
  std::string output_path;
  bool is_json = false;
  bool has_top = false;
};

// Without --binary the program's absence only costs the names.
std::unique_ptr<ProfileBinary> find_binary(const Profile &profile, const Request &request) {
  const Mapping *mapping = executable_mapping(profile);
  const bool has_names = mapping != nullptr && mapping->has_functions;
  if (!request.binary.path.empty()) return open_profile_binary(profile, request.profile_path, request.binary);
  if (has_names) return nullptr;
  try {
    return open_profile_binary(profile, request.profile_path, request.binary);
  } catch (const CommandError &error) {
    std::cerr << "lockwrap: warning: addresses are shown instead of names: " << error.what() << "\n";
    return nullptr;
  }
}

void run(Request request) {
  const Profile profile = read_profile(request.profile_path);
  const LockProfile locks = read_locks(profile, request.profile_path);
  const std::unique_ptr<ProfileBinary> binary = find_binary(profile, request);
  Symbolizer *symbolizer = binary != nullptr ? &binary->symbolizer : nullptr;
  FrameSource frames(profile, symbolizer);
  LockPlaces places(locks, frames);
  if (!request.has_top && !request.is_json) request.report.top = kTextRows;
  const LockReport report = make_report(locks, places, symbolizer, request.report);
  write_output(request.output_path, request.is_json ? report_as_json(report) : report_as_text(report, request.report.side));
}

}  // namespace

void add_report_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("report", "Show who waits for which lock, and who holds it");
  command->add_option("FILE", request->profile_path, "The profile that the program wrote")->required();
  command->add_option("--binary", request->binary.path, "The program that wrote it (default: its path in the profile)")
      ->type_name("ELF");
  command->add_option("--debug-directory", request->binary.debug_directories,
                      "Where separate debug files are, besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  command->add_flag("--json", request->is_json, "Write JSON");
  command->add_option("--side", request->side, "Lead with those who wait, or with those who make them wait")
      ->check(CLI::IsMember({"waiter", "holder"}))->type_name("")->default_val("waiter");
  command->add_option("--by", request->order, "Order of the locks: time waited, number of waits, longest wait")
      ->check(CLI::IsMember({"wait", "count", "max"}))->type_name("")->default_val("wait");
  CLI::Option *top = command->add_option("--top", request->report.top,
                                         "Only the first N locks, 0 for all (default: 20, with --json all)")
                         ->type_name("N");
  command->add_option("-o,--output", request->output_path, "Write to OUT instead of the standard output")->type_name("OUT");
  command->footer("Example:\n  lockwrap report service.pb.gz --binary ./service --top 5");
  command->callback([request, top] {
    request->has_top = top->count() > 0;
    if (request->side == "holder") request->report.side = Side::kHolder;
    if (request->order == "count") request->report.by = SortBy::kCount;
    if (request->order == "max") request->report.by = SortBy::kMaximum;
    run(*request);
  });
}

}  // namespace lockwrap::cli
