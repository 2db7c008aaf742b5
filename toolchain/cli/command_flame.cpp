// `lockwrap flame`: the profile as a flame graph, or as folded stacks for the tools of others.
#include <CLI/CLI.hpp>
#include <memory>
#include <set>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "pictures/flame_layout.h"
#include "pictures/flame_stacks.h"
#include "pictures/flame_svg.h"
#include "names/named_profile.h"
#include "base/output_file.h"
#include "base/text_table.h"
#include "report/folded_stacks.h"

namespace lockwrap::cli {
namespace {

constexpr double kLeastShare = 0.5 / 1200;  // half a pixel
constexpr size_t kMostFrames = 10'000;      // about 4 MB
constexpr size_t kLocksNamed = 5;

struct Request {
  ProfileChoice input;
  std::string side;
  std::string lock;
  std::string output_path;
  int width = kFlameWidth;
  bool is_folded = false;
};

void refuse_unknown_lock(NamedProfile &profile, const std::string &lock) {
  std::set<std::string> names;
  for (const auto &[id, record] : profile.locks().locks) {
    if (record.wait_ns <= 0 && record.contentions <= 0) continue;
    if (profile.lock_names().at(id) == lock) return;
    names.insert(profile.lock_names().at(id));
  }
  std::string list;
  size_t count = 0;
  for (const std::string &name : names) {
    if (++count > kLocksNamed) break;
    list += (list.empty() ? "" : ", ") + printable(name);
  }
  if (names.size() > kLocksNamed) list += ", ...";
  throw file_error(profile.path(), "no lock of the name '" + printable(lock) + "' was waited for; " +
                                       (list.empty() ? "none was" : "there are: " + list + " (`lockwrap report` lists all)"));
}

std::string picture_of(NamedProfile &profile, const Request &request) {
  const FlameSide side = flame_side_of(request.side);
  FlameBuilder builder(side);
  give_stacks(profile, side, request.lock, builder);
  FlameGraph graph = builder.finish(kLeastShare);
  prune_flame(graph, kLeastShare, kMostFrames);
  return flame_svg_file(graph, caption_of(profile.locks(), graph, request.lock), request.width);
}

void write_folded_stacks(NamedProfile &profile, const Request &request, const OutputSink &out) {
  FoldedStacks folded;
  give_stacks(profile, flame_side_of(request.side), request.lock, folded);
  folded.write(out);
}

void run(const Request &request) {
  NamedProfile profile(request.input.path, request.input.binary);
  if (!request.lock.empty()) refuse_unknown_lock(profile, request.lock);
  write_output(request.output_path, [&](const OutputSink &out) {
    if (request.is_folded) write_folded_stacks(profile, request, out);
    else out(picture_of(profile, request));
  });
}

}  // namespace

void add_flame_command(CLI::App &app) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("flame", "Draw who waits for whom as a flame graph (SVG)");
  add_profile_options(*command, request->input);
  command->add_option("--side", request->side, "The stacks of those who wait, of those who make them wait, or both, these below those")
      ->check(CLI::IsMember({"waiter", "holder", "both"}))->type_name("")->default_val("both");
  command->add_option("--lock", request->lock, "Only this lock, by the name that a report shows")->type_name("NAME");
  command->add_option("--width", request->width, "Width where scripts do not run, as in an <img>; a browser's window is filled")
      ->check(CLI::Range(600, 10'000))->type_name("PIXELS")->capture_default_str();
  command->add_flag("--folded", request->is_folded,
                    "Write folded stacks (a;b;[lock] NANOSECONDS) for flamegraph.pl --countname ns, inferno or speedscope");
  add_output_option(*command, request->output_path);
  refuse_json(*command, "its result is a picture; `lockwrap export --format=speedscope` writes the same stacks as JSON, `lockwrap report --json` the figures");
  command->footer("Example:\n  lockwrap flame service.pb.gz --binary ./service -o service.svg    open it in a browser: click, search, Esc\n"
                  "  lockwrap flame service.pb.gz --side=waiter --folded | flamegraph.pl --countname ns > waiters.svg");
  command->callback([request] { run(*request); });
}

}  // namespace lockwrap::cli
