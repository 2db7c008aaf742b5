// `lockwrap top`: the locks of a running program, again and again.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/duration_text.h"
#include "base/error.h"
#include "base/long_work.h"
#include "live_process.h"
#include "names/lock_names.h"
#include "report/lock_report.h"
#include "names/named_profile.h"
#include "report/profile_change.h"
#include "report/lock_table.h"
#include "report/report_json.h"
#include "report/report_text.h"
#include "terminal_screen.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr size_t kRows = 20;

struct Request {
  ProfileChoice input;
  std::string signal;
  std::string profile;
  double interval_s = 2;
  int rounds = -1;  // -1: for ever on a terminal, else once
  bool batch = false;
  bool is_json = false;
};

bool is_pid(const std::string &text) { return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos; }

class Source {
 public:
  explicit Source(const Request &request) : path_(request.input.path) {
    if (is_pid(path_)) process_ = find_live_process(static_cast<pid_t>(std::stoul(path_)), request.signal, request.profile);
  }

  std::string next() { return process_.pid != 0 ? ask_for_profile(process_, kPatienceMs) : path_; }

 private:
  std::string path_;
  LiveProcess process_;
};

std::string heading(const LockProfile &change, const LockReport &report, bool is_first) {
  std::string name = printable(change.program.substr(change.program.rfind('/') + 1));
  if (change.files > 1) name += ", " + std::to_string(change.files) + " profiles merged";
  else if (change.pid != 0) name += ", pid " + std::to_string(change.pid);
  const std::string time = (is_first ? "since the start, " : "in the last ") + duration_text(change.duration_ns);
  std::string text = name + ", " + time + ": ";
  if (report.wait_ns == 0) return text + "no thread had to wait for a lock";
  const double threads = change.duration_ns > 0 ? static_cast<double>(report.wait_ns) / static_cast<double>(change.duration_ns) : 0;
  char number[32];
  snprintf(number, sizeof number, threads < 0.095 ? "%.2f" : "%.1f", threads);
  return text + duration_text(report.wait_ns) + " waited, " + number + " threads waiting on average";
}

const char *order_text(SortBy by) { return by == SortBy::kWait ? "time waited" : by == SortBy::kCount ? "number of waits" : "longest wait"; }

// Lines above the table are broken where a terminal ends.
std::string page(const std::string &heading, const LockReport &report, SortBy by, const TerminalScreen &screen) {
  const TerminalScreen::Size size = screen.size();
  std::vector<std::string> lines = {heading};
  if (size.columns > 0) lines = wrap_words(heading, size.columns);
  if (screen.is_terminal()) lines.push_back(std::string("by ") + order_text(by) + "; keys: s other order, space now, q quit");
  lines.emplace_back();
  std::string text;
  for (const std::string &line : lines) text += line + "\n";
  if (report.rows.empty()) return text;
  if (size.columns == 0) return text + report_table(report, Side::kWaiter);
  const size_t above = lines.size() + 1;  // the last line of a terminal stays empty
  return text + fitted_table(report, by, {size.columns, size.lines > above ? size.lines - above : size.lines});
}

void run(const Request &request) {
  listen_to_work(nullptr);  // the page is what shows that something goes on
  Source source(request);
  // Before the screen is a page, on which a warning about missing names would be gone at once.
  auto now = std::make_unique<NamedProfile>(source.next(), request.input.binary);
  TerminalScreen screen(request.batch || request.is_json);
  ReportOptions options;
  if (!request.is_json) options.top = kRows;
  int rounds = request.rounds >= 0 ? request.rounds : screen.is_terminal() ? -1 : 1;
  std::unique_ptr<NamedProfile> before;
  for (bool is_first = true; rounds != 0; is_first = false) {
    if (!is_first) {
      const std::string path = source.next();
      now = std::make_unique<NamedProfile>(read_profile_and_locks(path, RawSamples::kForgotten), path, request.input.binary, before.get());
    }
    const ProfileChange since_before = before != nullptr ? change_between(before->locks(), now->locks()) : ProfileChange{now->locks(), {}};
    const LockProfile &change = since_before.profile;
    options.bounded_maxima = since_before.bounded_maxima;
    LockPlaces places(change, now->frames());
    for (bool is_drawn = false; !is_drawn;) {
      const LockReport report = make_report(change, places, name_locks(change, places, now->symbolizer()), options);
      if (request.is_json) screen.show(interval_as_json(report, is_first));
      else screen.show(page(heading(change, report, is_first), report, options.by, screen) + (!screen.is_page() && rounds != 1 ? "\n" : ""));
      is_drawn = true;
      if (rounds > 0 && --rounds == 0) return;
      const char key = screen.wait_for_key(static_cast<int>(request.interval_s * 1000));
      if (key == 'q') return;
      if (key == 's') {
        options.by = options.by == SortBy::kWait ? SortBy::kCount : options.by == SortBy::kCount ? SortBy::kMaximum : SortBy::kWait;
        is_drawn = false;
      }
    }
    before = std::move(now);
  }
}

}  // namespace

void add_top_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("top", "Show the locks of a running program, refreshed as top(1) does");
  add_profile_options(*command, request->input);
  command->get_option("FILE")->description("The process's number, or a profile that is written again and again");
  command->add_option("--signal", request->signal, "The program's dump_signal (default: as in its LOCKWRAP_OPTIONS)")->type_name("NAME");
  command->add_option("--profile", request->profile, "The program's profile_path, as seen from here (default: as in its LOCKWRAP_OPTIONS)")->type_name("PATTERN");
  command->add_option("-d,--delay", request->interval_s, "Seconds between two looks (default: 2)")->type_name("SECONDS")->check(CLI::Range(0.1, 86400.0));
  command->add_option("-n,--rounds", request->rounds, "How often (default: until q is pressed; once when the output is no terminal, or with --batch or --json)")
      ->type_name("N")->check(whole_number_from(1));
  command->add_flag("-b,--batch", request->batch, "Write one page below the other");
  command->add_flag("--json", request->is_json, "Write a line of JSON for each look, with all locks: the fields of `lockwrap report --json`, of the time since the look before");
  command->footer(
      "A terminal has the columns that fit it: always the lock, its wait and who holds it. MAX is the longest wait;\n"
      "with <= it was no longer than that, which is not known more exactly.\n"
      "Without escape sequences (TERM unset or dumb, or NO_COLOR set) a terminal gets one page below the other, too.\n"
      "\n"
      "Example:\n"
      "  LOCKWRAP_OPTIONS='dump_signal=USR2:profile_path=/tmp/%e.%p.pb.gz' ./service &\n"
      "  lockwrap top $!\n"
      "  lockwrap top $! --json -n 10 | jq -c '[.locks[] | {lock, wait_ns}]'");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
