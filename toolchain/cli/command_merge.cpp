// `lockwrap merge`: the profiles of a fleet as one.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "command_line.h"
#include "command_options.h"
#include "base/duration_text.h"
#include "base/error.h"
#include "base/long_work.h"
#include "profile/gzip_file.h"
#include "base/output_file.h"
#include "merge/profile_merge.h"
#include "profile/profile_writer.h"

namespace lockwrap::cli {
namespace {

struct Request {
  std::vector<std::string> paths;
  std::string list;
  std::string output_path;
  bool by_name = false;
  bool skip_bad = false;
};

// A path a line; empty lines count for nothing.
void read_list(std::istream &lines, std::vector<std::string> &paths) {
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) paths.push_back(line);
  }
}

std::vector<std::string> paths_of(const Request &request) {
  std::vector<std::string> paths = request.paths;
  if (request.list == "-") {
    read_list(std::cin, paths);
  } else if (!request.list.empty()) {
    std::istringstream lines(read_file_bytes(request.list));
    read_list(lines, paths);
  }
  if (paths.empty()) throw CommandError("there is nothing to merge; name the profiles, or a file that lists them with --from");
  return paths;
}

void add_file(ProfileMerge &merge, const std::string &path) {
  const auto [profile, locks] = read_profile_and_locks(path, RawSamples::kKept);
  merge.add(profile, locks, path);
}

void run(const Request &request) {
  const std::vector<std::string> paths = paths_of(request);
  ProfileMerge merge(request.by_name);
  size_t bad = 0;
  {
    LongWork work("merged", paths.size(), "");
    for (size_t index = 0; index < paths.size(); ++index) {
      work.came_to(index);
      try {
        add_file(merge, paths[index]);
      } catch (const CommandError &error) {
        if (!request.skip_bad) throw;
        ++bad;
        rest_from_work();
        std::cerr << "lockwrap: warning: left out: " << error.what() << "\n";
      }
    }
  }
  if (merge.files() == 0) throw CommandError("none of the " + std::to_string(paths.size()) + " files can be merged, so nothing was written");
  if (bad > 0) std::cerr << "lockwrap: warning: " << bad << " of " << paths.size() << " files were left out\n";
  if (merge.timelines() > 0) {
    std::cerr << "lockwrap: warning: a merged profile has no timeline: " << (merge.timelines() == 1 ? "that" : "those") << " of "
              << count_text(static_cast<uint64_t>(merge.timelines()), "file") << (merge.timelines() == 1 ? " is" : " are")
              << " left out (export the single files with --format=perfetto)\n";
  }
  const Profile merged = merge.finish();
  write_output(request.output_path, [&](const OutputSink &out) { write_profile(merged, out); });
}

}  // namespace

void add_merge_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("merge", "Make one profile of many, of a fleet's or of several runs");
  command->add_option("FILE", request->paths, "The profiles");
  command->add_option("--from", request->list, "A file with the path of a profile a line, besides the FILEs; - is the standard input")->type_name("LIST");
  command->add_flag("--by-name", request->by_name, "Take profiles of several builds also without names (see `lockwrap symbolize`): locks are then the same "
                    "only if the program named them, and places never");
  command->add_flag("--skip-bad", request->skip_bad, "Leave out what cannot be merged, with a warning each, instead of writing nothing");
  command->add_option("-o,--output", request->output_path, "Where to write the result; - is the standard output")->type_name("OUT")->required();
  refuse_json(*command, "its result is a profile; merge first, then ask it with `lockwrap report OUT --json`");
  command->footer("Examples:\n  lockwrap merge run1.pb.gz run2.pb.gz -o runs.pb.gz\n"
                  "  find fleet -name '*.pb.gz' | lockwrap merge --from - --skip-bad -o fleet.pb.gz && lockwrap report fleet.pb.gz");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
