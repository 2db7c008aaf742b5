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

bool has_addresses(const std::string &text) { return text.find(" [0x") != std::string::npos; }

// By the program that is chosen; else by that of the profile, if the log is of the same build: what it is not good for is a warning then.
std::string named(const std::string &log, const std::string &path, const NamedProfile &profile, const BinaryChoice &choice) {
  if (!choice.path.empty()) return name_findings(path, log, choice, WithoutNames::kWarn);
  if (!has_addresses(log)) return log;
  try {
    BinaryChoice own = choice;
    // One that has names needed no program yet.
    own.path = profile.program() != nullptr ? profile.program()->path() : open_profile_binary(profile.profile(), profile.path(), choice)->elf.path();
    return name_findings(path, log, own, WithoutNames::kWarn);
  } catch (const CommandError &error) {
    std::cerr << "lockwrap: warning: the findings have addresses instead of lines: " << error.what() << "\n";
    return log;
  }
}

LogFindings findings_of(const std::string &path, const NamedProfile &profile, const BinaryChoice &choice) {
  LogFindings log;
  log.path = path;
  if (path.empty()) return log;
  const std::string text = read_log(path);
  if (!read_findings(text).empty()) log.findings = read_findings(named(text, path, profile, choice));
  log.pictures = pictures_of(log.findings);
  return log;
}

void run(const Request &request) {
  NamedProfile profile(request.input.path, request.input.binary);
  const LogFindings log = findings_of(request.findings_path, profile, request.input.binary);
  write_output(request.output_path, html_page(profile, log));
}

}  // namespace

void add_html_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("html", "Make one page of everything: what to do, tables, flame graphs, histograms, findings");
  add_profile_options(*command, request->input);
  command->add_option("--findings", request->findings_path, "The program's log, or stderr, with the findings that it told, if any; their addresses are named by the program of the profile")->type_name("LOG");
  add_output_option(*command, request->output_path);
  refuse_json(*command, "its result is a page for a browser; `lockwrap report --json` has the page's figures, `lockwrap graph --json` the circles of its findings");
  command->footer("Example:\n  lockwrap html service.pb.gz --binary ./service --findings service.log -o service.html");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
