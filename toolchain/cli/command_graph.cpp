// `lockwrap graph`: the circles in a program's findings as a picture.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "base/external_program.h"
#include "pictures/finding_graph.h"
#include "pictures/finding_reader.h"
#include "pictures/findings_file.h"
#include "profile/gzip_file.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

struct Request {
  ProfileChoice input;
  size_t only = 0;
  bool as_dot = false;
  std::string output_path;
};

void run(const Request &request) {
  std::string text = read_file_bytes(request.input.path);
  if (is_gzip(text)) {
    throw file_error(request.input.path, "is a profile; findings are in the program's log (its stderr, or LOCKWRAP_OPTIONS=log=FILE)");
  }
  if (!request.input.binary.path.empty()) text = name_findings(request.input.path, text, request.input.binary);
  std::vector<Finding> findings;
  for (Finding &finding : read_findings(text)) {
    if (has_graph(finding)) findings.push_back(std::move(finding));
  }
  if (findings.empty()) {
    throw file_error(request.input.path, "has no finding that is a circle (lockwrap: deadlock: ..., lockwrap: lock-order: ...); check that it is the right file");
  }
  if (request.only > findings.size()) {
    throw file_error(request.input.path, "has only " + std::to_string(findings.size()) + " findings with a graph; --only counts from 1");
  }
  if (request.only > 0) findings = {findings[request.only - 1]};
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
  command->add_option("--only", request->only, "Draw the Nth of them alone (default: all)")->type_name("N")->check(CLI::PositiveNumber);
  command->add_flag("--dot", request->as_dot, "Write Graphviz's language instead of SVG");
  add_output_option(*command, request->output_path);
  command->footer("Example:\n  lockwrap graph service.log --binary ./service -o circles.svg");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
