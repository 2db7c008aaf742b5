// `lockwrap export`: the profile in another tool's format.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "output_file.h"
#include "perfetto_trace.h"

namespace lockwrap::cli {
namespace {

struct Request {
  ProfileChoice input;
  std::string format;
  std::string output_path;
};

}  // namespace

void add_export_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("export", "Write a profile in the format of another tool");
  add_profile_options(*command, request->input);
  command->add_option("--format", request->format, "perfetto: a timeline of waits, for ui.perfetto.dev")
      ->check(CLI::IsMember({"perfetto"}))->type_name("")->required();
  add_output_option(*command, request->output_path);
  command->footer("Example:\n  lockwrap export service.pb.gz --format=perfetto -o service.json    of a program run with timeline_kb=64");
  command->callback([request] {
    NamedProfile profile(request->input.path, request->input.binary);
    write_output(request->output_path, export_perfetto(profile));
  });
}

}  // namespace lockwrap::cli
