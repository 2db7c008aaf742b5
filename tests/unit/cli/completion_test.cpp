// The manual's page and what the shells complete, as groff, bash and zsh take them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

// What bash offers for the words of a command line, the last of which is being typed.
std::string completed(const TemporaryFolder &folder, const std::string &words, const std::string &print = "echo ${COMPREPLY[@]}") {
  const std::string script = folder / "lockwrap.bash";
  if (run_shell("ls " + script).exit_status != 0) write_file(script, run_lockwrap("completion bash").output);
  const CommandResult result = run_shell("bash -c 'source " + script + "; COMP_WORDS=(" + words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _lockwrap; " + print + "'");
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  return result.output;
}

}  // namespace

TEST_CASE("bash completes commands, options and their values") {
  const TemporaryFolder folder;
  CHECK(completed(folder, "lockwrap rep") == "report\n");
  CHECK(completed(folder, "lockwrap report --bi") == "--binary\n");
  CHECK(completed(folder, "lockwrap report --side \"\"") == "waiter holder\n");
  CHECK(completed(folder, "lockwrap report --side = h") == "holder\n");  // --side=h is three words for bash
  CHECK(completed(folder, "lockwrap report " + folder.path() + "/lock") == folder.path() + "/lockwrap.bash\n");
}

// "sp d" was offered as "sp" and "d".
TEST_CASE("bash completes a name with a blank as one, and the values of an argument") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "sp d");
  std::filesystem::create_directory(folder / "sp e");
  CHECK(completed(folder, "lockwrap report " + folder.path() + "/sp", "printf \"%s\\n\" \"${COMPREPLY[@]}\" | sort") == (folder / "sp d") + "\n" + (folder / "sp e") + "\n");
  CHECK(completed(folder, "lockwrap completion \"\"") == "bash zsh\n");
  CHECK(completed(folder, "lockwrap completion z") == "zsh\n");
  CHECK(completed(folder, "lockwrap html --js") == "\n");  // an option that only says that there is none
}

TEST_CASE("zsh takes its completion, which has the values of options and arguments") {
  const TemporaryFolder folder;
  write_file(folder / "_lockwrap", run_lockwrap("completion zsh").output);
  const CommandResult checked = run_shell("zsh -n " + (folder / "_lockwrap"));
  CHECK_MESSAGE(checked.exit_status == 0, checked.errors);
  const std::string script = read_file(folder / "_lockwrap");
  CHECK(script.find("'1:SHELL:(bash zsh)'") != std::string::npos);
  CHECK(script.find(":value:(waiter holder)'") != std::string::npos);
}

TEST_CASE("the manual has the values of options, and what they are if not given") {
  const TemporaryFolder folder;
  write_file(folder / "lockwrap.1", run_lockwrap("manual").output);
  const std::string text = run_shell("MANWIDTH=300 groff -man -Tutf8 " + (folder / "lockwrap.1") + " | sed 's/\\x1b\\[[0-9;]*m//g; s/.\\x08//g' | tr -s ' \\n' ' ' | sed 's/\u2010 //g'").output;
  for (const char *part : {"--side waiter|holder Lead with those who wait, or with those who make them wait (default: waiter)", "--by wait|count|max Order",
                           "longest hold (default: wait)", "--as-wide-as now|before", "--width PIXELS", "(default: 1200)", "--format pprof|folded|"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find("VALUE") == std::string::npos);
}

TEST_CASE("the manual has every command and option of the help, and no error") {
  const TemporaryFolder folder;
  const CommandResult manual = run_lockwrap("manual");
  REQUIRE(manual.exit_status == 0);
  write_file(folder / "lockwrap.1", manual.output);
  const CommandResult formatted = run_shell("MANWIDTH=200 groff -man -Tutf8 -ww " + (folder / "lockwrap.1") + " | sed 's/\\x1b\\[[0-9;]*m//g; s/\\x08.//g'");
  CHECK(formatted.exit_status == 0);
  CHECK_MESSAGE(formatted.errors == "", formatted.errors);
  std::istringstream help(run_lockwrap("--help").output);
  bool in_commands = false;
  size_t commands = 0;
  for (std::string line; std::getline(help, line);) {
    if (line.rfind("Subcommands:", 0) == 0) in_commands = true;
    else if (line.rfind("  ", 0) != 0) in_commands = false;
    if (!in_commands || line.rfind("  ", 0) != 0) continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    if (name.empty()) continue;
    ++commands;
    CAPTURE(name);
    CHECK(formatted.output.find("lockwrap " + name) != std::string::npos);
    CHECK(run_lockwrap(name + " --help").output.find("Example") != std::string::npos);
  }
  CHECK(commands >= 6);
}

TEST_CASE("another shell is refused by name") {
  const CommandResult result = run_lockwrap("completion fish");
  CHECK(result.exit_status == 2);
  CHECK(result.errors.find("SHELL") != std::string::npos);
}
