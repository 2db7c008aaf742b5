// `lockwrap html`: everything in one page.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "base/external_program.h"
#include "pictures/finding_graph.h"
#include "pictures/finding_reader.h"
#include "pictures/findings_file.h"
#include "profile/gzip_file.h"
#include "pictures/html_page.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

struct Request {
  ProfileChoice input;
  std::string findings_path;
  std::string output_path;
};

// Without Graphviz the findings have no pictures.
std::vector<std::string> pictures_of(const std::vector<Finding> &findings) {
  std::vector<std::string> pictures(findings.size());
  for (size_t index = 0; index < findings.size(); ++index) {
    if (!has_graph(findings[index])) continue;
    try {
      pictures[index] = picture_element(run_filter({"dot", "-Tsvg"}, finding_as_dot(findings[index], index + 1, false), "install Graphviz (Debian: graphviz)"));
    } catch (const CommandError &error) {
      std::cerr << "lockwrap: warning: the findings have no pictures: " << error.what() << "\n";
      break;
    }
  }
  return pictures;
}

void run(const Request &request) {
  NamedProfile profile(request.input.path, request.input.binary);
  std::vector<Finding> findings;
  if (!request.findings_path.empty()) {
    std::string text = read_file_bytes(request.findings_path);
    if (!request.input.binary.path.empty()) text = name_findings(request.findings_path, text, request.input.binary);
    findings = read_findings(text);
    if (findings.empty()) throw file_error(request.findings_path, "has no finding (a line \"lockwrap: KIND: ...\"); check that it is the right file");
  }
  write_output(request.output_path, html_page(profile, findings, pictures_of(findings)));
}

}  // namespace

void add_html_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("html", "Make one page of everything: what to do, tables, flame graphs, histograms, findings");
  add_profile_options(*command, request->input);
  command->add_option("--findings", request->findings_path, "The program's log, or stderr, with the findings that it told")->type_name("LOG");
  add_output_option(*command, request->output_path);
  command->footer("Example:\n  lockwrap html service.pb.gz --binary ./service --findings service.log -o service.html");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
