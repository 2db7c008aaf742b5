#include "pictures/flame_change.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/duration_text.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kNameColumns = 32;
constexpr size_t kUndrawnNamed = 2;
constexpr double kManyTimes = 10;  // from here on a percentage is hard to read
constexpr double kSame = 0.05;

std::string name_cut(const std::string &name) { return fitted_label({.name = name}, kNameColumns); }

// Of one list and what hangs on it; `is_drawn`: the parent is.
void find_undrawn(const std::vector<FlameNode> &nodes, const FlameComparison &comparison, double least_ns, std::map<std::pair<FlameKind, std::string>, double> &found) {
  for (const FlameNode &node : nodes) {
    const double shown_ns = static_cast<double>(node.wait_ns) * comparison.shown_scale, other_ns = static_cast<double>(node.other_ns) * comparison.other_scale;
    if (other_ns < least_ns || node.kind == FlameKind::kOther) continue;  // so is all that hangs on it
    if (shown_ns < least_ns) {
      found[{node.kind, node.name}] += other_ns;
      continue;
    }
    find_undrawn(node.children, comparison, least_ns, found);
    find_undrawn(node.holders, comparison, least_ns, found);
  }
}

std::string undrawn_name(const UndrawnFrame &frame) {
  switch (frame.kind) {
    case FlameKind::kLock: return "lock " + name_cut(frame.name);
    case FlameKind::kHolder: return name_cut(frame.name) + " holding";
    case FlameKind::kWaiter: return name_cut(frame.name) + " waiting";
    default: return name_cut(frame.name);
  }
}

std::string undrawn_text(const std::vector<UndrawnFrame> &undrawn, const FlameComparison &comparison) {
  if (undrawn.empty()) return "";
  std::string text = comparison.is_older_shown ? "Not drawn because it is new, or nearly: " : "Not drawn because it is gone, or nearly: ";
  for (size_t index = 0; index < undrawn.size() && index < kUndrawnNamed; ++index) {
    text += (index > 0 ? "; " : "") + undrawn_name(undrawn[index]) + ", " + comparable_text(undrawn[index].other_ns, comparison) +
            (comparison.is_older_shown ? " now" : " before");
  }
  if (undrawn.size() > kUndrawnNamed) text += "; and " + std::to_string(undrawn.size() - kUndrawnNamed) + " more";
  return text + (comparison.is_older_shown ? ". --as-wide-as=now draws it." : ". --as-wide-as=before draws it.");
}

std::string profile_text(const ComparedProfile &profile) {
  const std::string name = name_cut(profile.path.substr(profile.path.rfind('/') + 1));
  return profile.duration_ns > 0 ? name + " (watched " + duration_text(profile.duration_ns) + ")" : name;
}

}  // namespace

FlameAmounts amounts_of(const FlameNode &node, const FlameComparison &comparison) {
  const double shown_ns = static_cast<double>(node.wait_ns) * comparison.shown_scale, other_ns = static_cast<double>(node.other_ns) * comparison.other_scale;
  return comparison.is_older_shown ? FlameAmounts{shown_ns, other_ns} : FlameAmounts{other_ns, shown_ns};
}

std::string change_class(const FlameNode &node, const FlameComparison &comparison) {
  const auto [before, now] = amounts_of(node, comparison);
  const double most = std::max(before, now);
  const double share = most > 0 ? (now - before) / most : 0;
  if (std::abs(share) < kSame) return "same";
  return (share > 0 ? "more" : "less") + std::to_string(std::min(4, 1 + static_cast<int>(std::abs(share) * 4)));
}

std::string change_text(const FlameNode &node, const FlameComparison &comparison) {
  const auto [before, now] = amounts_of(node, comparison);
  if (before <= 0) return now > 0 ? "new" : "as before";
  if (now <= 0) return "gone";
  char text[40];
  if (now >= kManyTimes * before) {
    snprintf(text, sizeof text, "%.0f times", now / before);
    return text;
  }
  const double percent = (now - before) / before * 100;
  if (std::abs(percent) < 0.5) return "as before";
  snprintf(text, sizeof text, "%+.0f %%", percent);
  return text;
}

std::string change_mark(const FlameNode &node, const FlameComparison &comparison) {
  const auto [before, now] = amounts_of(node, comparison);
  if (change_text(node, comparison) == "as before") return "=";
  return now > before ? "+" : "-";
}

std::string comparable_text(double amount_ns, const FlameComparison &comparison) {
  return duration_text(std::llround(std::clamp(amount_ns, 0.0, 9e18))) + (comparison.is_per_second ? "/s" : "");
}

std::vector<UndrawnFrame> undrawn_frames(const FlameGraph &graph, double least_share) {
  std::vector<UndrawnFrame> undrawn;
  if (!graph.comparison) return undrawn;
  std::map<std::pair<FlameKind, std::string>, double> found;
  const double whole_ns = static_cast<double>(graph.root.wait_ns) * graph.comparison->shown_scale;
  find_undrawn(graph.root.children, *graph.comparison, whole_ns * least_share, found);
  for (const auto &[key, other_ns] : found) undrawn.push_back({key.first, key.second, other_ns});
  std::stable_sort(undrawn.begin(), undrawn.end(), [](const UndrawnFrame &left, const UndrawnFrame &right) { return left.other_ns > right.other_ns; });
  return undrawn;
}

FlameCaption caption_of_comparison(const std::string &program, const ComparedProfile &before, const ComparedProfile &now, const FlameGraph &graph,
                                   const std::vector<UndrawnFrame> &undrawn) {
  const FlameComparison &comparison = *graph.comparison;
  const std::string name = program.substr(program.rfind('/') + 1);
  const char *question = graph.side == FlameSide::kWaiter   ? "More or less waiting"
                         : graph.side == FlameSide::kHolder ? "Who makes others wait more or less"
                                                            : "Who waits for whom, more or less than before";
  FlameCaption caption;
  caption.title = question + (name.empty() ? "" : ": " + name_cut(name));
  const FlameAmounts whole = amounts_of(graph.root, comparison);
  caption.subtitle = profile_text(before) + " against " + profile_text(now) + ": " + (comparison.is_per_second ? "in each watched second " : "in all ") +
                     (graph.side == FlameSide::kHolder ? "holders kept others waiting for " : "threads waited ");
  FlameComparison plain = comparison;
  plain.is_per_second = false;  // it is said already
  caption.subtitle += comparable_text(whole.before, plain) + " before, " + comparable_text(whole.now, plain) + " now";
  if (whole.before > 0 && whole.now > 0) caption.subtitle += " (" + change_text(graph.root, comparison) + ")";
  if (graph.root.wait_ns > 0) caption.note = undrawn_text(undrawn, comparison);
  return caption;
}

}  // namespace lockwrap::cli
