// The words over a flame graph.
#include "base/duration_text.h"
#include "pictures/flame_svg.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kNameColumns = 48;

std::string names_cut(const std::string &name) { return fitted_label({name}, kNameColumns); }

}  // namespace

FlameCaption caption_of(const LockProfile &profile, const FlameGraph &graph, const std::string &lock) {
  const std::string program = profile.program.substr(profile.program.rfind('/') + 1);
  const char *question = graph.side == FlameSide::kWaiter   ? "Who waits for a lock"
                         : graph.side == FlameSide::kHolder ? "Who makes others wait"
                                                            : "Who waits for whom";
  FlameCaption caption;
  caption.title = question + (program.empty() ? "" : ": " + names_cut(program));
  if (profile.pid != 0) caption.subtitle = "pid " + std::to_string(profile.pid);
  if (profile.duration_ns > 0) caption.subtitle += (caption.subtitle.empty() ? "watched " : ", watched ") + duration_text(profile.duration_ns);
  if (graph.root.wait_ns <= 0) return caption;
  if (!caption.subtitle.empty()) caption.subtitle += "; ";
  caption.subtitle += (graph.side == FlameSide::kHolder ? "holders kept others waiting for " : "threads waited ") +
                      duration_text(graph.root.wait_ns) + " in all";
  if (!lock.empty()) caption.subtitle += " for " + names_cut(lock) + " alone";
  return caption;
}

}  // namespace lockwrap::cli
