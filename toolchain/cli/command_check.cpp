// `lockwrap check`: is lockwrap in this program, and do all its calls go there?
#include <CLI/CLI.hpp>
#include <memory>

#include "command_line.h"
#include "base/error.h"
#include "base/output_file.h"
#include "check/program_check.h"

namespace lockwrap::cli {

void add_check_command(CLI::App &app, int &exit_status) {
  struct Request : CheckRequest {
    bool is_json = false;
    std::string output_path;
  };
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("check", "Tell whether a program is wrapped, and which calls go past lockwrap");
  command->add_option("ELF", request->path, "The linked program, stripped or not")->required();
  command->add_flag("--json", request->is_json, "Write JSON");
  command->add_option("--symbols", request->symbols_path, "The unstripped program or its debug file, for the names of a stripped one")->type_name("ELF");
  command->add_option("--debug-directory", request->debug_directories,
                      "Where debug files are (by build-id), besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  command->add_option("-o,--output", request->output_path, "Write to OUT instead of the standard output")->type_name("OUT");
  command->footer(
      "Example:\n"
      "  lockwrap check ./service                  the first line is the verdict\n"
      "  lockwrap check --json ./service           for scripts; toolchain/cli/check/check_json.md describes the fields\n"
      "\n"
      "Exit status: 0 wrapped; 1 not or partly wrapped, or linked with lockwrap and not examined (riscv64, stripped 32-bit ARM: what this\n"
      "command cannot read); 2 error. Shared libraries are outside, and do not change it; nor do calls of what dlsym finds, nor those that a\n"
      "stripped static program does not let tell apart from libc's own.");
  command->callback([request, &exit_status] {
    const CheckReport report = check_program(*request);
    write_output(request->output_path, request->is_json ? check_as_json(report) : check_as_text(report));
    exit_status = report.wrap.verdict == Verdict::kWrapped ? kExitFine : kExitFindings;
  });
}

}  // namespace lockwrap::cli
