// A stripped program may have its names in a debug file: DIRECTORY/.build-id/xx/yyyy.debug.
#include "check/program_check.h"

#include <unistd.h>

#include <optional>

namespace lockwrap::cli {
namespace {

std::optional<ProgramFile> find_names(const ProgramFile &program, const CheckRequest &request) {
  const std::string build_id = program.build_id();
  if (!request.symbols_path.empty()) {
    ProgramFile names = ProgramFile::open_names(request.symbols_path);
    if (build_id.empty() || names.build_id() != build_id) {
      throw file_error(request.symbols_path, "is of another build than " + program.path() + " (their build-ids differ, or there is none); give the file that it was stripped from");
    }
    return names;
  }
  if (build_id.size() < 4) return std::nullopt;
  std::vector<std::string> directories = request.debug_directories;
  directories.push_back("/usr/lib/debug");
  for (const std::string &directory : directories) {
    const std::string path = directory + "/.build-id/" + build_id.substr(0, 2) + "/" + build_id.substr(2) + ".debug";
    if (access(path.c_str(), R_OK) != 0) continue;
    ProgramFile names = ProgramFile::open_names(path);
    if (names.build_id() == build_id) return names;
  }
  return std::nullopt;
}

// lockwrap's code without its note: the answer "not wrapped" would be wrong.
void expect_no_lost_note(const ProgramFile &program, const ProgramFunctions &functions) {
  for (const FunctionSymbol &symbol : functions.functions()) {
    if (symbol.name.starts_with("lockwrap_runtime_")) {
      throw file_error(program.path(), "has lockwrap's code, but not its note .note.lockwrap, and cannot be examined without it; link it without a "
                                       "linker script or objcopy command that drops notes");
    }
  }
}

}  // namespace

CheckReport check_program(const CheckRequest &request) {
  const ProgramFile program = ProgramFile::open_program(request.path);
  const std::optional<LockwrapNote> note = read_lockwrap_note(program);
  const DynamicLinks links(program);
  const ProgramFunctions own_functions(program, program);
  if (!note) expect_no_lost_note(program, own_functions);
  std::optional<ProgramFunctions> named_functions;
  if (!own_functions.has_names()) {
    if (const std::optional<ProgramFile> names = find_names(program, request)) named_functions.emplace(program, *names);
  }
  const ProgramFunctions &functions = named_functions ? *named_functions : own_functions;
  MachineCode code(program, functions, links.table_address());
  CheckReport report;
  report.path = request.path;
  report.wrap = check_wrap(program, note ? &*note : nullptr, links, functions, code);
  report.facts = read_program_facts(program, links, functions, code, note ? note->libc : "");
  report.facts.is_stripped = !own_functions.has_names();
  return report;
}

}  // namespace lockwrap::cli
