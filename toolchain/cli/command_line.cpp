// One sentence on stderr for every error, and exit status 2 also for what CLI11 would leave with its own numbers.
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <new>

#include "base/error.h"
#include "terminal_progress.h"

namespace lockwrap::cli {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  LOCKWRAP_OPTIONS=profile_path=/tmp/%e.pb.gz ./service    write a profile when the program ends\n"
    "  lockwrap report /tmp/service.pb.gz                       who waits for which lock, and who holds it\n"
    "  lockwrap flame /tmp/service.pb.gz -o service.svg         the same as a picture, for a browser\n"
    "  lockwrap symbolize /tmp/service.pb.gz -o named.pb.gz     put names in, for `go tool pprof named.pb.gz`\n"
    "  lockwrap symbolize service.log --binary ./service        and into the findings (lockwrap: deadlock: ...) in a log\n"
    "  lockwrap merge fleet/*.pb.gz -o all.pb.gz                many profiles in one\n"
    "  lockwrap diff old.pb.gz new.pb.gz                        what got better and what got worse\n"
    "  lockwrap export --format=speedscope a.pb.gz -o a.json    for the tools of others\n"
    "  lockwrap check ./service                                 is it linked with lockwrap, and do all calls go there?\n"
    "\n"
    "`lockwrap COMMAND --help` explains a command. Exit status: 0 fine, 1 not wrapped (check) or a condition of --fail-on holds, 2 error.";

int fail(const std::string &sentence) {
  std::cerr << "lockwrap: " << sentence << "\n";
  return kExitError;
}

}  // namespace

int run_command_line(int argument_count, const char *const *arguments) {
  CLI::App app{"Shows which locks a program waits for, who waits and who holds them, from its lockwrap profile.", "lockwrap"};
  app.set_version_flag("--version", "lockwrap " LOCKWRAP_VERSION);
  app.footer(kExamples);
  app.require_subcommand(1);
  int exit_status = kExitFine;
  add_report_command(app, exit_status);
  add_top_command(app);
  add_flame_command(app);
  add_html_command(app);
  add_graph_command(app);
  add_diff_command(app, exit_status);
  add_merge_command(app);
  add_export_command(app);
  add_symbolize_command(app);
  add_check_command(app, exit_status);
  add_flags_command(app);
  add_completion_command(app);
  add_manual_command(app);
  TerminalProgress progress;
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success &information) {  // --help and --version
    return app.exit(information) == 0 ? kExitFine : kExitError;
  } catch (const CLI::ParseError &error) {
    return fail(std::string(error.what()) + "; see `lockwrap --help`");
  } catch (const CommandError &error) {
    return fail(error.what());
  } catch (const std::bad_alloc &) {
    return fail("there is not enough memory for this file; check that it is the right one");
  } catch (const std::exception &error) {
    return fail(std::string("unexpected error (") + error.what() + "); please report it with the command line");
  }
  return exit_status;
}

}  // namespace lockwrap::cli
