// `lockwrap symbolize`: the same profile with names in it.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_line.h"
#include "frame_source.h"
#include "gzip_file.h"
#include "lock_names.h"
#include "output_file.h"
#include "profile_binary.h"
#include "profile_reader.h"
#include "profile_writer.h"
#include "symbolize_profile.h"

namespace lockwrap::cli {
namespace {

struct Request {
  std::string profile_path;
  BinaryChoice binary;
  std::string output_path;
};

void run(const Request &request) {
  Profile profile = read_profile(request.profile_path);
  const LockProfile locks = read_locks(profile, request.profile_path);
  const std::unique_ptr<ProfileBinary> binary = open_profile_binary(profile, request.profile_path, request.binary);
  FrameSource frames(profile, &binary->symbolizer);
  LockPlaces places(locks, frames);
  const std::map<uint64_t, std::string> names = name_locks(locks, places, &binary->symbolizer);
  symbolize_profile(profile, locks, names, places, binary->symbolizer);
  write_output(request.output_path, gzip_bytes(serialize_profile(profile)));
}

}  // namespace

void add_symbolize_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("symbolize", "Put functions, files and lines into a profile, for any pprof viewer");
  command->add_option("FILE", request->profile_path, "The profile that the program wrote")->required();
  command->add_option("--binary", request->binary.path, "The program that wrote it (default: its path in the profile)")
      ->type_name("ELF");
  command->add_option("--debug-directory", request->binary.debug_directories,
                      "Where separate debug files are, besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  command->add_option("-o,--output", request->output_path, "The profile to write; may be FILE itself")
      ->type_name("OUT")->required();
  command->footer("Example:\n  lockwrap symbolize service.pb.gz --binary ./service -o named.pb.gz\n"
                  "  go tool pprof -http=: -tagfocus=side=waiter named.pb.gz");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
