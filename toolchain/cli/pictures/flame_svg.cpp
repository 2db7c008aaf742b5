// Numbers that flame.js shares: kMargin, kRowHeight, kColumnWidth, kTextOffset, kTextPadding, kThin; and kLeastCovered of flame_layout.cpp.
#include "pictures/flame_svg.h"

#include <algorithm>
#include <cstdio>

#include "base/duration_text.h"
#include "pictures/flame_change.h"
#include "pictures/flame_layout.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr int kMargin = 10;
constexpr int kRowHeight = 18;
constexpr int kHeaderHeight = 112;
constexpr int kLineHeight = 19;
constexpr int kTextOffset = 13;        // from the top of a frame to the baseline of its text
constexpr double kTextPadding = 4;     // left and right of it
constexpr double kColumnWidth = 7.3;   // of 12 px monospace; the widest usual one has 7.23
constexpr double kThin = 3;             // below, the gap between neighbours would be half of what is seen
constexpr int kEmptyWidth = 600;       // of a picture of nothing
constexpr int kEmptyHeight = 145;
constexpr int kShades = 4;

// At most four decimals, none that say nothing: the same text for the same picture everywhere.
std::string number(double value) {
  char text[40];
  snprintf(text, sizeof text, "%.4f", value);
  std::string digits = text;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

// One colour a function wherever it stands, and mostly another one for its neighbours.
int shade_of(const std::string &name) {
  uint32_t hash = 2166136261u;  // FNV-1a
  for (const char character : name) hash = (hash ^ static_cast<uint8_t>(character)) * 16777619u;
  return static_cast<int>((hash ^ hash >> 15) % kShades);
}

const char *kind_class(FlameKind kind) {
  switch (kind) {
    case FlameKind::kWaiter: return "w";
    case FlameKind::kHolder: return "h";
    case FlameKind::kLock: return "l";
    case FlameKind::kNobody: return "n";
    case FlameKind::kAll: return "a";
    case FlameKind::kOther: break;
  }
  return "o";
}

std::string frame_class(const FlameNode &node, const FlameGraph &graph) {
  const std::string kind = kind_class(node.kind);
  if (graph.comparison && node.kind != FlameKind::kOther) return kind + " c " + change_class(node, *graph.comparison);
  if (node.kind == FlameKind::kWaiter || node.kind == FlameKind::kHolder) return kind + " " + kind + std::to_string(shade_of(node.name));
  return kind;
}
class Drawing {
 public:
  Drawing(const FlameGraph &graph, const FlameLayout &layout, int width) : graph_(graph), layout_(layout), rows_(rows_worth_showing(layout)), width_(width) {}

  std::string frames() {
    std::string svg;
    for (const FlameBox &box : layout_.boxes) append_frame(svg, box);
    return svg;
  }

 private:
  // "85 % of all", and of what was waited for its lock if that is not the same.
  std::string shares(const FlameBox &box) const {
    const int64_t all_ns = graph_.root.wait_ns;
    std::string text = share_text(box.node->wait_ns, all_ns) + " of all";
    if (box.lock != nullptr && box.lock != box.node && box.lock->wait_ns != all_ns && graph_.side == FlameSide::kBoth) {
      text = share_text(box.node->wait_ns, box.lock->wait_ns) + " of this lock, " + text;
    }
    return text;
  }

  // "1.20 s, 85 % of all"; of a comparison "200 ms/s before, 300 ms/s now (+50 %)".
  std::string time(const FlameBox &box) const {
    if (!graph_.comparison) return duration_text(box.node->wait_ns) + ", " + shares(box);
    const FlameAmounts amounts = amounts_of(*box.node, *graph_.comparison);
    return comparable_text(amounts.before, *graph_.comparison) + " before, " + comparable_text(amounts.now, *graph_.comparison) + " now (" +
           change_text(*box.node, *graph_.comparison) + "); " + shares(box) + (graph_.comparison->is_older_shown ? " before" : " now");
  }

  // What is said of a frame below its name.
  std::string details(const FlameBox &box) const {
    const FlameNode &node = *box.node;
    const std::string time = this->time(box);
    const std::string lock = box.lock != nullptr ? " `" + box.lock->name + "`" : "";
    switch (node.kind) {
      case FlameKind::kAll: return (graph_.side == FlameSide::kHolder ? "others waited " : "waited ") + (graph_.comparison ? time : duration_text(node.wait_ns));
      case FlameKind::kWaiter: return "waited" + (lock.empty() ? "" : " for" + lock) + " " + time;
      case FlameKind::kHolder: return "held" + (lock.empty() ? " locks" : lock) + " while others waited " + time;
      case FlameKind::kNobody:
        return "waited for" + lock + " " + time + "\nThe lock was free already and the woken thread had not run yet, or code that is not seen held it.";
      case FlameKind::kLock: {
        const std::string kind = node.lock_kind.empty() ? "lock" : node.lock_kind;
        const std::string locks = node.stands_for > 1 ? ", " + std::to_string(node.stands_for) + " of this name" : "";
        return kind + locks + (graph_.side == FlameSide::kHolder ? "; others waited " : "; waited for ") + time;
      }
      case FlameKind::kOther: break;
    }
    return (node.stands_for > 1 ? "too narrow to be shown, together " : "not shown: ") + time;
  }

  // Behind the label of what stands at the lock: a picture in a page has no tooltips.
  std::string note_of(const FlameBox &box) const {
    const FlameNode &node = *box.node;
    if (graph_.comparison) {
      const bool has_amount = node.kind == FlameKind::kLock || node.kind == FlameKind::kAll;
      const double shown_ns = static_cast<double>(node.wait_ns) * graph_.comparison->shown_scale;
      return node.kind == FlameKind::kOther ? "" : (has_amount ? comparable_text(shown_ns, *graph_.comparison) + ", " : "") + change_text(node, *graph_.comparison);
    }
    if (node.kind == FlameKind::kLock) return duration_text(node.wait_ns) + ", " + share_text(node.wait_ns, graph_.root.wait_ns);
    const bool is_at_lock = graph_.side == FlameSide::kBoth && (box.row + 1 == layout_.lock_row || box.row == layout_.lock_row + 1);
    return is_at_lock || node.kind == FlameKind::kAll ? duration_text(node.wait_ns) : "";
  }

  void append_frame(std::string &svg, const FlameBox &box) const {
    const FlameNode &node = *box.node;
    const double x = kMargin + box.start * (width_ - 2 * kMargin);
    const double whole_width = box.width * (width_ - 2 * kMargin);
    const double y = static_cast<double>(box.row) * kRowHeight;
    const std::string note = note_of(box);
    const bool is_far = box.row < rows_.first || box.row >= rows_.first + rows_.count;
    const std::string mark = note.empty() || !graph_.comparison ? "" : change_mark(node, *graph_.comparison);
    svg += "<g class=\"" + frame_class(node, graph_) + (whole_width < kThin ? " thin" : "") + (is_far ? " far" : "") + "\"";
    if (!note.empty()) svg += " data-note=\"" + xml_text(note) + "\"";
    if (!mark.empty()) svg += " data-mark=\"" + mark + "\"";
    svg += "><title>" + xml_text(node.name) + "\n";
    if (!node.place.empty()) svg += xml_text(node.place) + "\n";
    std::string rest = details(box);
    for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) svg += xml_text(rest.substr(0, end)) + "\n";
    svg += xml_text(rest) + "</title><rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" +
           number(whole_width) + "\" height=\"" + std::to_string(kRowHeight - 1) + "\"/>";
    const double columns = (whole_width - 2 * kTextPadding) / kColumnWidth;
    const std::string label = columns < 1 ? "" : fitted_label({node.name, node.place, note, mark}, static_cast<size_t>(columns));
    if (!label.empty()) {
      svg += "<text x=\"" + number(x + kTextPadding) + "\" y=\"" + number(y + kTextOffset) + "\">" + xml_text(label) + "</text>";
    }
    svg += "</g>\n";
  }

  const FlameGraph &graph_;
  const FlameLayout &layout_;
  const FlameRows rows_;
  int width_;
};

struct Chip {
  const char *frame_class;
  const char *text;
};

std::vector<Chip> legend_of(const FlameGraph &graph) {
  std::vector<Chip> chips;
  const bool is_both = graph.side == FlameSide::kBoth;
  if (graph.comparison) chips = {{"c more3", "+ more than before"}, {"c less3", "- less than before"}, {"c same", "= as before"}, {"l c same", "lock"}};
  else if (is_both) chips = {{"w w0", "waits, its callers above"}, {"l", "lock"}, {"h h0", "holds it meanwhile, its callers below"}};
  else if (graph.side == FlameSide::kWaiter) chips = {{"w w0", "waits, its callers above"}, {"l", "lock that is waited for"}};
  else chips = {{"l", "lock"}, {"h h0", "holds it while others wait, its callers below"}};
  if (is_both) chips.push_back({"n", "no holder seen"});
  return chips;
}

std::string explanation_of(const FlameGraph &graph) {
  const std::string when = !graph.comparison ? ". " : graph.comparison->is_older_shown ? " before. " : " now. ";
  switch (graph.side) {
    case FlameSide::kWaiter: return "As wide as the time waited" + when + "Each stack hangs down to where it waits, and to the lock it waits for.";
    case FlameSide::kHolder: return "As wide as the time that others waited" + when + "Each stack stands up to where it took the lock, and to the lock.";
    case FlameSide::kBoth: break;
  }
  return "As wide as the time waited" + when + "What stands below a waiting place, under the lock, is who it waits for.";
}

// Sans-serif of 12 px is about so wide; flame.js measures.
double estimated_width(std::string_view text) { return 6.6 * static_cast<double>(text_columns(text)); }

std::string legend(const FlameGraph &graph, int top) {
  std::string svg;
  double x = kMargin;
  for (const Chip &chip : legend_of(graph)) {
    svg += "<g class=\"chip " + std::string(chip.frame_class) + "\" transform=\"translate(" + number(x) + "," + std::to_string(top) + ")\"><rect width=\"14\" height=\"14\"/>" +
           "<text x=\"20\" y=\"11.5\">" + chip.text + "</text></g>";
    x += 20 + estimated_width(chip.text) + 24;
  }
  return svg + "\n";
}

std::string nothing_said(const FlameGraph &graph) {
  if (graph.comparison && graph.root.other_ns > 0) {
    const bool is_older = graph.comparison->is_older_shown;
    const double other_ns = static_cast<double>(graph.root.other_ns) * graph.comparison->other_scale;
    return std::string("<text class=\"good\" x=\"10\" y=\"84\">") + (is_older ? "Nothing was waited for before." : "Nothing is waited for any more.") + "</text>\n" +
           "<text class=\"explanation\" x=\"10\" y=\"106\">" + (is_older ? "Now it is " : "Before it was ") + comparable_text(other_ns, *graph.comparison) +
           (is_older ? ": --as-wide-as=now draws where." : ": --as-wide-as=before draws where.") + "</text>\n";
  }
  if (graph.side == FlameSide::kHolder) {
    return "<text class=\"good\" x=\"10\" y=\"84\">No holder made another thread wait.</text>\n"
           "<text class=\"explanation\" x=\"10\" y=\"106\">If threads waited, their locks were free again, or held by code that is not seen:</text>\n"
           "<text class=\"explanation\" x=\"10\" y=\"125\">--side=waiter shows them.</text>\n";
  }
  return "<text class=\"good\" x=\"10\" y=\"84\">No thread had to wait for a lock.</text>\n"
         "<text class=\"explanation\" x=\"10\" y=\"106\">That is a good result: there is no contention to remove.</text>\n";
}

// The picture in one sentence, for those who do not see it.
std::string description(const FlameGraph &graph) {
  if (graph.root.wait_ns <= 0) return "No thread had to wait for a lock.";
  std::string text = explanation_of(graph);
  if (graph.side == FlameSide::kBoth && !graph.root.children.empty()) {
    const FlameNode &lock = graph.root.children.front();
    text += " Most of it was waited for " + lock.name + ": " + duration_text(lock.wait_ns);
    if (!lock.children.empty()) text += ", in " + lock.children.front().name;
    if (!lock.children.empty() && !lock.children.front().holders.empty()) text += "; held meanwhile by: " + lock.children.front().holders.front().name;
    text += ".";
  }
  return text;
}

std::string side_name(FlameSide side) { return side == FlameSide::kWaiter ? "waiter" : side == FlameSide::kHolder ? "holder" : "both"; }

// `inside` comes first in the element: the style; `behind` last: the script.
std::string svg_element(const FlameGraph &graph, const FlameCaption &caption, int picture_width, const std::string &id_prefix,
                        const std::string &inside, const std::string &behind) {
  const bool is_empty = graph.root.wait_ns <= 0;
  const FlameLayout layout = is_empty ? FlameLayout{} : lay_out_flame(graph);
  const FlameRows rows = rows_worth_showing(layout);
  const int header_height = kHeaderHeight + (caption.note.empty() ? 0 : kLineHeight);
  const size_t height = is_empty ? kEmptyHeight : static_cast<size_t>(header_height) + rows.count * kRowHeight + kMargin;
  const std::string id = xml_text(id_prefix), width = std::to_string(is_empty ? kEmptyWidth : picture_width), size = width + "\" height=\"" + std::to_string(height);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lockwrap-flame\" width=\"" + size + "\" viewBox=\"0 0 " +
                    width + " " + std::to_string(height) + "\" role=\"graphics-document\" aria-roledescription=\"flame graph\"" +
                    " aria-labelledby=\"" + id + "title\" aria-describedby=\"" + id + "description\" data-side=\"" + side_name(graph.side) +
                    "\" data-lock-row=\"" + std::to_string(layout.lock_row) + "\">\n";
  svg += "<title id=\"" + id + "title\">" + xml_text(caption.title) + "</title>\n";
  svg += "<desc id=\"" + id + "description\">" + xml_text(description(graph)) + "</desc>\n" + inside;
  svg += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n<g class=\"head\">\n";
  if (caption.has_heading) svg += "<text class=\"heading\" x=\"10\" y=\"27\">" + xml_text(caption.title) + "</text>\n";
  svg += "<text class=\"subtitle\" x=\"10\" y=\"48\">" + xml_text(caption.subtitle) + "</text>\n";
  if (is_empty) return svg + nothing_said(graph) + "</g>\n</svg>\n";  // nothing to zoom into: no script
  int y = 67;
  if (!caption.note.empty()) {
    svg += "<text class=\"explanation note\" x=\"10\" y=\"" + std::to_string(y) + "\">" + xml_text(caption.note) + "</text>\n";
    y += kLineHeight;
  }
  svg += "<text class=\"explanation\" x=\"10\" y=\"" + std::to_string(y) + "\">" + explanation_of(graph) + "</text>\n";
  svg += legend(graph, y + 11) + "</g>\n<g class=\"frames\" transform=\"translate(0," +
         std::to_string(header_height - static_cast<int64_t>(rows.first) * kRowHeight) + ")\">\n";
  return svg + Drawing(graph, layout, picture_width).frames() + "</g>\n" + behind + "</svg>\n";
}

}  // namespace

std::string flame_svg_element(const FlameGraph &graph, const FlameCaption &caption, const std::string &id_prefix, int width) {
  return svg_element(graph, caption, width, id_prefix, "", "");
}

std::string flame_svg_file(const FlameGraph &graph, const FlameCaption &caption, int width) {
  const std::string style = "<style><![CDATA[\n" + std::string(flame_css) + "]]></style>\n";
  const std::string script = "<script><![CDATA[\n" + std::string(flame_js) + "lockwrap_flame(document.documentElement);\n]]></script>\n";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg_element(graph, caption, width, "lockwrap-", style, script);
}

}  // namespace lockwrap::cli
