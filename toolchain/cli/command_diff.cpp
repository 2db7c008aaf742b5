// `lockwrap diff`: what got better and what got worse from one profile to another.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "command_line.h"
#include "command_options.h"
#include "base/error.h"
#include "base/in_parallel.h"
#include "report/fail_condition.h"
#include "pictures/flame_change.h"
#include "pictures/flame_layout.h"
#include "pictures/flame_stacks.h"
#include "base/output_file.h"
#include "report/profile_diff.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kTextRows = 20;
constexpr double kLeastShare = 0.5 / kFlameWidth;  // half a pixel
constexpr size_t kMostFrames = 10'000;             // about 4 MB

struct Request {
  std::string before, after;
  std::vector<std::string> binaries;
  std::vector<std::string> debug_directories;
  std::vector<std::string> fail_on;
  std::string output_path;
  size_t top = kTextRows;
  bool uses_cache = true;
  bool is_absolute = false;
  bool is_json = false;
  bool is_flame = false;
  std::string side, wide_as;
};

// Of several programs the one that wrote the profile is taken; a diff is mostly one of two builds.
std::unique_ptr<NamedProfile> open_profile(ProfileAndLocks read, const std::string &path, const Request &request) {
  for (size_t index = 0; index + 1 < request.binaries.size(); ++index) {
    try {
      return std::make_unique<NamedProfile>(std::move(read), path, BinaryChoice{request.binaries[index], request.debug_directories, request.uses_cache});
    } catch (const CommandError &) {  // the last one says what is wrong
      read = read_profile_and_locks(path, RawSamples::kForgotten);
    }
  }
  const std::string last = request.binaries.empty() ? "" : request.binaries.back();
  return std::make_unique<NamedProfile>(std::move(read), path, BinaryChoice{last, request.debug_directories, request.uses_cache});
}

// Two files are read at once. A pipe is not: what is wrong with the first profile is to be said without waiting for it.
std::pair<std::unique_ptr<NamedProfile>, std::unique_ptr<NamedProfile>> open_profiles(const Request &request) {
  const auto read_after = [&] { return read_profile_and_locks(request.after, RawSamples::kForgotten); };
  std::error_code error;
  std::future<ProfileAndLocks> after;
  if (std::filesystem::is_regular_file(request.before, error) && std::filesystem::is_regular_file(request.after, error)) after = in_parallel(read_after);
  std::unique_ptr<NamedProfile> before = open_profile(read_profile_and_locks(request.before, RawSamples::kForgotten), request.before, request);
  return {std::move(before), open_profile(after.valid() ? after.get() : read_after(), request.after, request)};
}

LockReport whole_report(NamedProfile &profile) { return make_report(profile.locks(), profile.places(), profile.lock_names(), {}); }

// The other profile's stacks, for a FlameBuilder that has those of the shown one.
struct OtherStacks {
  FlameBuilder &builder;
  void add(const LockStack &stack) { builder.add(stack, FlameBuilder::Weight::kOther); }
  void add_waiter(const LockStack &stack) { builder.add_waiter(stack, FlameBuilder::Weight::kOther); }
  void add_holder(const LockStack *holder, int64_t wait_ns) { builder.add_holder(holder, wait_ns, FlameBuilder::Weight::kOther); }
};

std::string picture_of(NamedProfile &before, NamedProfile &now, const Request &request) {
  const int64_t before_ns = before.locks().duration_ns, now_ns = now.locks().duration_ns;
  FlameComparison comparison;
  comparison.is_older_shown = request.wide_as == "before";
  comparison.is_per_second = is_per_second(before_ns, now_ns, request.is_absolute);
  if (comparison.is_per_second) {
    comparison.shown_scale = 1e9 / static_cast<double>(comparison.is_older_shown ? before_ns : now_ns);
    comparison.other_scale = 1e9 / static_cast<double>(comparison.is_older_shown ? now_ns : before_ns);
  }
  const FlameSide side = flame_side_of(request.side);
  FlameBuilder builder(side, comparison);
  OtherStacks others{builder};
  give_stacks(comparison.is_older_shown ? before : now, side, "", builder);
  give_stacks(comparison.is_older_shown ? now : before, side, "", others);
  FlameGraph graph = builder.finish(kLeastShare);
  const std::vector<UndrawnFrame> undrawn = undrawn_frames(graph, kLeastShare);
  prune_flame(graph, kLeastShare, kMostFrames);
  return flame_svg_file(graph, caption_of_comparison(now.locks().program, {before.path(), before_ns}, {now.path(), now_ns}, graph, undrawn));
}

int run(const Request &request) {
  const std::vector<FailCondition> conditions = parse_conditions(request.fail_on, ConditionUse::kDiff);
  const auto [before, after] = open_profiles(request);
  const LockReport before_report = whole_report(*before), after_report = whole_report(*after);
  const bool is_scaled = is_per_second(before->locks().duration_ns, after->locks().duration_ns, request.is_absolute);
  const std::vector<std::string> holding = holding_conditions(conditions, before_report, after_report, is_scaled);
  std::set<std::string> names;
  for (NamedProfile *profile : {before.get(), after.get()}) {
    for (const auto &[id, name] : profile->lock_names()) names.insert(name);
  }
  warn_of_unknown_locks(conditions, names, request.before + " or " + request.after);
  // A picture needs none of the lists, which name all stacks.
  if (request.is_flame) {
    write_output(request.output_path, picture_of(*before, *after, request));
  } else {
    const ProfileDiff diff = make_diff(*before, before_report, *after, after_report, request.is_absolute);
    if (request.is_json) write_output(request.output_path, [&](const OutputSink &out) { diff_as_json(diff, out); });
    else write_output(request.output_path, diff_as_text(diff, request.top));
  }
  return tell_holding_conditions(holding);
}

}  // namespace

void add_diff_command(CLI::App &app, int &exit_status) {
  auto request = std::make_shared<Request>();
  CLI::App *command = app.add_subcommand("diff", "Show what got better and what got worse from one profile to another");
  command->add_option("BEFORE", request->before, "The first profile")->required();
  command->add_option("AFTER", request->after, "The second profile")->required();
  command->add_option("--binary", request->binaries, "The program that wrote them; twice when they are of two builds (default: its path in the profile)")
      ->type_name("ELF")->expected(1)->take_all();
  command->add_option("--debug-directory", request->debug_directories, "Where separate debug files are, besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  add_cache_option(*command, request->uses_cache);
  command->add_flag("--absolute", request->is_absolute, "Compare sums; otherwise what was waited in each watched second");
  CLI::Option *json = command->add_flag("--json", request->is_json, "Write JSON, with all locks and stacks");
  CLI::Option *top = command->add_option("--top", request->top, "Only the N locks that changed most, 0 for all and for all stacks (default: 20)")->type_name("N")->check(whole_number_from(0));
  CLI::Option *flame = command->add_flag("--flame", request->is_flame, "Draw a flame graph (SVG): red waits more than before, blue waits less")->excludes(json)->excludes(top);
  command->add_option("--side", request->side, "For --flame: the stacks of those who wait, of those who make them wait, or both")
      ->check(CLI::IsMember({"waiter", "holder", "both"}))->type_name("")->default_val("both")->needs(flame);
  command->add_option("--as-wide-as", request->wide_as, "For --flame: frames as wide as they wait now, or waited before; what is gone is drawn only with before")
      ->check(CLI::IsMember({"now", "before"}))->type_name("")->default_val("now")->needs(flame);
  add_fail_option(*command, request->fail_on, "growth from BEFORE to AFTER: wait>10% holds when AFTER waits more than 1.1 times as long, in each watched second or with --absolute in all");
  add_output_option(*command, request->output_path);
  command->footer("Examples:\n  lockwrap diff before.pb.gz after.pb.gz --fail-on 'wait>10%' --fail-on 'lock:accounts.max>5ms'\n"
                  "  lockwrap diff before.pb.gz after.pb.gz --flame -o diff.svg    open it in a browser: click, search, Esc");
  command->callback([request, &exit_status] { exit_status = run(*request); });
}

}  // namespace lockwrap::cli
