// `lockwrap report`: the profile as a table or as JSON.
#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <utility>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "report/fail_condition.h"
#include "report/lock_report.h"
#include "names/named_profile.h"
#include "base/output_file.h"
#include "report/report_json.h"
#include "report/report_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kTextRows = 20;

struct Request {
  ProfileChoice input;
  ReportOptions report;
  std::string side;
  std::string order;
  std::string output_path;
  std::vector<std::string> fail_on;
  bool is_json = false;
  bool has_top = false;
};

int run(Request request) {
  const std::vector<FailCondition> conditions = parse_conditions(request.fail_on, ConditionUse::kReport);
  NamedProfile profile(request.input.path, request.input.binary);
  if (!request.has_top && !request.is_json) request.report.top = kTextRows;
  const size_t top = std::exchange(request.report.top, 0);
  LockReport report = make_report(profile.locks(), profile.places(), profile.lock_names(), request.report);
  const std::vector<std::string> holding = holding_conditions(conditions, report, request.input.path);
  std::set<std::string> names;
  for (const auto &[id, name] : profile.lock_names()) names.insert(name);
  warn_of_unknown_locks(conditions, names, request.input.path);
  hide_rows(report, top);
  write_output(request.output_path, request.is_json ? report_as_json(report) : report_as_text(report, request.report.side));
  return tell_holding_conditions(holding);
}

}  // namespace

void add_report_command(CLI::App &app, int &exit_status) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("report", "Show who waits for which lock, and who holds it");
  add_profile_options(*command, request->input);
  command->add_flag("--json", request->is_json, "Write JSON");
  command->add_option("--side", request->side, "Lead with those who wait, or with those who make them wait")
      ->check(CLI::IsMember({"waiter", "holder"}))->type_name("")->default_val("waiter");
  command->add_option("--by", request->order, "Order of the locks: time waited, number of waits, longest wait; with --side=holder time that others waited for holders, number of holds, longest hold")
      ->check(CLI::IsMember({"wait", "count", "max"}))->type_name("")->default_val("wait");
  CLI::Option *top = command->add_option("--top", request->report.top,
                                         "Only the first N locks, 0 for all (default: 20, with --json all)")
                         ->type_name("N")->check(whole_number_from(0));
  add_fail_option(*command, request->fail_on, "a share of the watched time, of all waits together: wait>60% holds when more than 0.6 threads wait on average, which the report tells; it may be over 100 %");
  add_output_option(*command, request->output_path);
  command->footer("Examples:\n  lockwrap report service.pb.gz --binary ./service --top 5\n"
                  "  lockwrap report service.pb.gz --fail-on 'wait>5%' --fail-on 'lock:accounts.max>10ms'");
  command->callback([request, top, &exit_status] {
    request->has_top = top->count() > 0;
    if (request->side == "holder") request->report.side = Side::kHolder;
    if (request->order == "count") request->report.by = SortBy::kCount;
    if (request->order == "max") request->report.by = SortBy::kMaximum;
    exit_status = run(*request);
  });
}

}  // namespace lockwrap::cli
