// `lockwrap graph`: the circles in a program's findings as a picture.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/duration_text.h"
#include "base/error.h"
#include "base/external_program.h"
#include "pictures/finding_graph.h"
#include "pictures/finding_json.h"
#include "pictures/finding_reader.h"
#include "pictures/findings_file.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

struct Request {
  ProfileChoice input;
  size_t only = 0;
  bool as_dot = false;
  bool is_json = false;
  std::string output_path;
};

// What the log has instead of a circle.
CommandError no_circle(const std::string &path, const std::vector<Finding> &others) {
  if (others.empty()) {
    return file_error(path, "has no finding, which is a good result if it is the right file; a circle would begin with a line \"lockwrap: deadlock: ...\" "
                            "or \"lockwrap: lock-order: ...\"");
  }
  std::map<std::string, size_t> kinds;
  for (const Finding &finding : others) ++kinds[finding.kind];
  std::string list;
  for (const auto &[kind, count] : kinds) list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
  return file_error(path, "has no circle to draw (a deadlock or a lock order); it has " + list + ", which `lockwrap html --findings` shows");
}

std::vector<Finding> circles_of(const Request &request) {
  const std::string &path = request.input.path;
  std::string text = read_log(path);
  std::vector<Finding> findings = read_findings(text);
  if (!findings.empty() && !request.input.binary.path.empty()) findings = read_findings(name_findings(path, text, request.input.binary, WithoutNames::kWarn));
  std::vector<Finding> circles, others;
  for (Finding &finding : findings) (has_graph(finding) ? circles : others).push_back(std::move(finding));
  if (circles.empty() && (request.only > 0 || !request.is_json)) throw no_circle(path, others);
  if (request.only > circles.size()) {
    throw file_error(path, "has only " + count_text(circles.size(), "finding") + " with a graph; --only counts from 1");
  }
  if (request.only > 0) circles = {circles[request.only - 1]};
  return circles;
}

void run(const Request &request) {
  const std::vector<Finding> findings = circles_of(request);
  if (request.is_json) return write_output(request.output_path, findings_as_json(findings));
  std::string dots;
  std::vector<std::string> pictures;
  for (size_t index = 0; index < findings.size(); ++index) {
    const std::string dot = finding_as_dot(findings[index], index + 1);
    if (request.as_dot) dots += dot;
    else pictures.push_back(run_filter({"dot", "-Tsvg"}, dot, "install Graphviz (Debian: graphviz), or write its language with --dot"));
  }
  write_output(request.output_path, request.as_dot ? dots : joined_pictures(pictures));
}

}  // namespace

void add_graph_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("graph", "Draw the deadlocks and lock orders in a program's log: who waits for whom, and where");
  add_profile_options(*command, request->input);
  command->get_option("FILE")->description("The log, or stderr, of a program that told findings");
  command->get_option("--binary")->description("The program that told them, for names of functions, files and lines (default: as the log has them)");
  command->add_option("--only", request->only, "Draw the Nth of them alone (default: all)")->type_name("N")->check(whole_number_from(1));
  CLI::Option *dot = command->add_flag("--dot", request->as_dot, "Write Graphviz's language instead of SVG");
  command->add_flag("--json", request->is_json, "Write the circles as JSON; toolchain/cli/pictures/finding_json.md describes the fields")->excludes(dot);
  add_output_option(*command, request->output_path);
  command->footer("Example:\n  lockwrap graph service.log --binary ./service -o circles.svg\n"
                  "  lockwrap graph service.log --json | jq '.findings[].headline'");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
