// `lockwrap flags`: what a link needs, for build systems of any kind.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "command_line.h"
#include "base/error.h"
#include "link_flags.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

struct Request {
  bool driver = false;
  bool linker = false;
  bool specs = false;
  bool json = false;
  std::string prefix;
  std::string output_path;
};

void run(const Request &request) {
  std::string libraries;
  if (request.prefix.empty()) {
    libraries = installed_libraries();
  } else {
    libraries = std::filesystem::absolute(request.prefix + "/" LOCKWRAP_LIBRARIES_FROM_PREFIX).lexically_normal().string();
  }
  const LinkFlags flags = read_link_flags(libraries);
  std::string text;
  if (request.json) text = flags_json(flags);
  else if (request.specs) text = gcc_specs(flags);
  else if (request.linker) text = linker_line(flags);
  else text = driver_line(flags);
  write_output(request.output_path, text);
}

}  // namespace

void add_flags_command(CLI::App &app) {
  const auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("flags", "Print what a link needs to have lockwrap in it");
  auto *driver = command->add_flag("--cc", request->driver, "For the compiler that links (the default)");
  auto *linker = command->add_flag("--ld", request->linker, "For the linker itself");
  auto *specs = command->add_flag("--specs", request->specs, "A file for gcc's -specs=, which leaves shared libraries alone");
  auto *json = command->add_flag("--json", request->json, "Everything, as JSON: archive, cc, ld, wrapped");
  for (auto *one : {driver, linker, specs, json}) {
    for (auto *other : {driver, linker, specs, json}) {
      if (one != other) one->excludes(other);
    }
  }
  command->add_option("--prefix", request->prefix, "Where lockwrap is installed, if not together with this command")->type_name("FOLDER");
  command->add_option("-o,--output", request->output_path, "Where to write it (default: standard output)")->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  c++ -static main.o $(lockwrap flags --cc) -o main\n"
      "  lockwrap flags --specs -o lockwrap.specs; gcc -specs=lockwrap.specs main.c -o main\n"
      "For executables only: a shared library would find lockwrap's functions nowhere.");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
