// `lockwrap symbolize`: the same profile, or the same text of findings, with names in it.
#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "pictures/finding_reader.h"
#include "pictures/findings_file.h"
#include "names/frame_source.h"
#include "profile/gzip_file.h"
#include "names/lock_names.h"
#include "names/missing_names.h"
#include "base/output_file.h"
#include "names/profile_binary.h"
#include "profile/profile_writer.h"
#include "names/symbolize_profile.h"

namespace lockwrap::cli {
namespace {

struct Request {
  std::string path;
  BinaryChoice binary;
  std::string output_path;
};

void run_on_profile(const Request &request, std::string bytes) {
  if (request.output_path.empty()) throw CommandError("--output is required for a profile; see `lockwrap symbolize --help`");
  auto [profile, locks] = parse_profile_and_locks(std::exchange(bytes, {}), request.path);  // a large one is not kept twice
  const std::unique_ptr<ProfileBinary> binary = open_profile_binary(profile, request.path, request.binary);
  FrameSource frames(profile, &binary->symbolizer);
  LockPlaces places(locks, frames);
  const std::map<uint64_t, std::string> names = name_locks(locks, places, &binary->symbolizer);
  const EditSample label = symbolize_profile(profile, locks, names, places, binary->symbolizer);
  const std::optional<MissingNames> missing = missing_names(binary->elf, binary->symbolizer);
  if (missing && !missing->has_names) throw CommandError(missing->text);  // without a name the result would be the profile as it was
  warn_of_missing_names(binary->elf, binary->symbolizer);
  write_output(request.output_path, [&](const OutputSink &out) { write_profile(profile, label, out); });
}

void run(const Request &request) {
  std::string bytes = read_file_bytes(request.path);
  const bool is_packed = is_gzip(bytes);
  if (is_packed) bytes = unpack_gzip(std::move(bytes), request.path);
  const bool is_packed_log = is_packed && is_text(bytes) && !read_findings(bytes).empty();
  if (is_packed && !is_packed_log) run_on_profile(request, std::move(bytes));
  else write_output(request.output_path, name_findings(request.path, bytes, request.binary, WithoutNames::kRefuse));
}

}  // namespace

void add_symbolize_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("symbolize", "Put functions, files and lines into a profile, for any pprof viewer, or into the text of findings");
  command->add_option("FILE", request->path, "The profile that the program wrote; or its log, or stderr, with findings in it (lockwrap: deadlock: ...), which may be gzip'ed")
      ->required();
  command->add_option("--binary", request->binary.path, "The program that wrote it (default: its path in the profile, or its build-id in DIR; needed for findings)")
      ->type_name("ELF");
  command->add_option("--debug-directory", request->binary.debug_directories,
                      "Where programs and their debug files are found by build-id, besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  add_cache_option(*command, request->binary.uses_cache);
  command->add_option("-o,--output", request->output_path, "Where to write the result; may be FILE itself (default for findings: the standard output)")
      ->type_name("OUT");
  command->footer("Example:\n  lockwrap symbolize service.pb.gz --binary ./service -o named.pb.gz\n"
                  "  go tool pprof -http=: -tagfocus=side=waiter named.pb.gz\n"
                  "  lockwrap symbolize service.log --binary ./service");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
