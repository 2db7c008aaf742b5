#include "pictures/finding_graph.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "names/function_name.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kLabelColumns = 48;
constexpr size_t kFunctionColumns = 36;
constexpr size_t kHeadlineColumns = 90;
constexpr long kGap = 24;  // points between two pictures

constexpr char kStyle[] =
    "<style>\n"
    ".circle { background: #ffffff; }\n"
    ".circle text { fill: #1b1f24; }\n"
    ".circle .node ellipse, .circle .node path, .circle .node polygon { stroke: #57606a; fill: #f6f8fa; }\n"
    ".circle .lock ellipse { fill: #fff4d6; }\n"
    ".circle .edge path, .circle .edge polygon { stroke: #57606a; }\n"
    ".circle .edge polygon { fill: #57606a; }\n"
    ".circle .cycle path, .circle .cycle polygon { stroke: #c4141c; stroke-width: 2; }\n"
    ".circle .cycle polygon { fill: #c4141c; }\n"
    ".circle .other path { stroke-dasharray: 4 3; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    ".circle { background: #16191d; }\n"
    ".circle text { fill: #e6edf3; }\n"
    ".circle .node ellipse, .circle .node path, .circle .node polygon { stroke: #9aa4af; fill: #22272e; }\n"
    ".circle .lock ellipse { fill: #4a3c12; }\n"
    ".circle .edge path, .circle .edge polygon { stroke: #9aa4af; }\n"
    ".circle .edge polygon { fill: #9aa4af; }\n"
    ".circle .cycle path, .circle .cycle polygon { stroke: #ff7b72; }\n"
    ".circle .cycle polygon { fill: #ff7b72; }\n"
    "}\n"
    "</style>\n";

// Inside a quoted string of DOT. A line of `text` is centred, as Graphviz does it.
std::string escaped(const std::string &text) {
  std::string result;
  for (const char character : printable(text)) {
    if (character == '"' || character == '\\') result += '\\';
    result += character;
  }
  return result;
}

// Long names are cut in the middle: their ends differ most.
std::string fitted(const std::string &text, size_t columns) {
  if (text.size() <= columns) return text;
  return text.substr(0, columns / 2 - 1) + ".." + text.substr(text.size() - (columns - columns / 2 - 1));
}

// "FUNCTION file:line" or "FUNCTION [0xADDRESS]", with the function shortened.
std::string fitted_place(const std::string &place) {
  const size_t space = place.rfind(' ');
  const std::string function = fitted_function_name(demangle(place.substr(0, space)), kFunctionColumns);
  return space == std::string::npos ? function : function + " " + fitted(place.substr(space + 1), kFunctionColumns);
}

// Lines that begin at the left.
std::string wrapped(const std::string &text, size_t columns) {
  std::string result;
  for (const std::string &line : wrap_words(printable(text), columns)) result += escaped(line) + "\\l";
  return result;
}

// A line of an arrow's label: the blanks keep it off the arrow, and off its neighbour's.
std::string label_line(const std::string &text) { return "   " + escaped(text) + "   \\n"; }

class Graph {
 public:
  explicit Graph(size_t number) : prefix_("finding" + std::to_string(number)) {}

  void node(const std::string &name, bool is_thread) {
    if (!nodes_.insert({is_thread, name}).second) return;
    text_ += "  " + key(name, is_thread) + " [id=\"" + prefix_ + "_node" + std::to_string(nodes_.size()) + "\"; label=\"" +
             escaped(fitted(name, kLabelColumns)) + "\"; tooltip=\"" + escaped(name) + "\"; class=\"" +
             (is_thread ? "thread\"; shape=box; style=rounded" : "lock\"; shape=ellipse") + "];\n";
  }

  // The same arrow again only counts.
  void edge(const std::string &from, bool from_thread, const std::string &to, bool to_thread, const std::string &label, bool is_cycle) {
    node(from, from_thread);
    node(to, to_thread);
    ++edges_[{key(from, from_thread) + " -> " + key(to, to_thread), label, is_cycle}];
  }

  std::string finished(const Finding &finding, bool with_headline) {
    std::string headline = wrapped(finding.kind + ": " + finding.headline, kHeadlineColumns);
    const std::string again = untold_text(finding);
    if (!again.empty()) headline += wrapped(again, kHeadlineColumns);
    if (!finding.advice.empty()) headline += wrapped("to do: " + finding.advice, kHeadlineColumns);
    size_t count = 0;
    for (const auto &[edge, times] : edges_) {
      const auto &[arrow, label, is_cycle] = edge;
      text_ += "  " + arrow + " [id=\"" + prefix_ + "_edge" + std::to_string(++count) + "\"; label=\"" + label +
               (times > 1 ? label_line("(" + std::to_string(times) + " times)") : "") + "\"; class=\"" + (is_cycle ? "cycle" : "other") + "\"];\n";
    }
    return "digraph " + prefix_ + " {\n"
           "  graph [id=\"" + prefix_ + "\"; class=\"" + finding.kind + "\"; fontname=\"Helvetica,Arial,sans-serif\"; fontsize=13; labelloc=t; labeljust=l; "
           "bgcolor=transparent; nodesep=0.6; ranksep=0.8; margin=0.2; label=\"" + (with_headline ? headline : "") + "\"];\n"
           "  node [fontname=\"Helvetica,Arial,sans-serif\"; fontsize=12];\n"
           "  edge [fontname=\"Helvetica,Arial,sans-serif\"; fontsize=10];\n" + text_ + "}\n";
  }

 private:
  using Edge = std::tuple<std::string, std::string, bool>;

  std::string key(const std::string &name, bool is_thread) const { return std::string(is_thread ? "\"thread " : "\"lock ") + escaped(name) + "\""; }

  std::string prefix_;
  std::string text_;
  std::set<std::pair<bool, std::string>> nodes_;
  std::map<Edge, size_t> edges_;
};

std::string place_label(const std::string &what, const std::string &place) {
  return place.empty() ? "" : label_line(what) + label_line(fitted_place(place));
}

// On the arrows of those who wait, or take the second lock.
std::string times_label(const Finding &finding) {
  if (finding.untold.findings != 1 || finding.untold.times == 0) return "";
  return label_line(std::to_string(finding.untold.times + 1) + " times at these places");
}

void add_waits(Graph &graph, const Finding &finding) {
  std::set<std::pair<std::string, std::string>> in_cycle;  // who has what is waited for
  for (const FindingStep &step : finding.steps) in_cycle.insert({step.other, step.lock});
  for (const FindingStep &step : finding.steps) {
    const std::string since = (step.since.empty() ? "" : label_line("since " + step.since)) + times_label(finding);
    if (step.lock.empty()) {
      graph.edge(step.thread, true, step.other, true, place_label(step.verb, step.place) + since, true);
      continue;
    }
    graph.edge(step.thread, true, step.lock, false, place_label(step.verb == "waits for" ? "waits in" : step.verb, step.place) + since, true);
    bool is_told = false;
    for (const FindingStep &holder : finding.steps) {
      for (const HeldLock &held : holder.holds) is_told |= holder.thread == step.other && held.lock == step.lock;
    }
    const std::string hold = step.holder_place.empty() ? label_line("held by") : place_label("locked in", step.holder_place);
    if (!is_told) graph.edge(step.lock, false, step.other, true, hold, true);
  }
  for (const FindingStep &step : finding.steps) {
    for (const HeldLock &held : step.holds) {
      const bool is_cycle = in_cycle.count({step.thread, held.lock}) != 0;
      graph.edge(held.lock, false, step.thread, true, place_label("locked in", held.place), is_cycle);
    }
  }
}

void add_orders(Graph &graph, const Finding &finding) {
  for (const FindingStep &step : finding.steps) {
    graph.edge(step.other, false, step.lock, false,
                 label_line("thread " + step.thread) + place_label("had locked that in", step.had_place) +
                     place_label(step.verb == "locked" ? "then this in" : step.verb + " in", step.place) + times_label(finding),
                 true);
  }
}

}  // namespace

bool has_graph(const Finding &finding) { return !finding.steps.empty() && (finding.kind == "deadlock" || finding.kind == "lock-order"); }

std::string untold_text(const Finding &finding) {
  const auto &[times, findings] = finding.untold;
  if (findings == 0 || times == 0) return "";
  const std::string more = std::to_string(times) + (times == 1 ? " time more at the same places" : " times more at the same places");
  return findings == 1 ? "It happened " + more + "." : "The " + std::to_string(findings) + " findings of this kind happened " + more + ", all together.";
}

std::string finding_as_dot(const Finding &finding, size_t number, bool with_headline) {
  Graph graph(number);
  if (finding.kind == "deadlock") add_waits(graph, finding);
  else add_orders(graph, finding);
  return graph.finished(finding, with_headline);
}

std::string picture_element(const std::string &svg) {
  const size_t tag = svg.find("<svg "), end = svg.find('>', tag);
  if (end == std::string::npos) return "";
  return "<svg class=\"circle\" " + svg.substr(tag + 5, end - tag - 4) + kStyle + svg.substr(end + 1);
}

std::string joined_pictures(const std::vector<std::string> &svgs) {
  std::string body;
  long width = 0, height = 0;
  for (const std::string &svg : svgs) {
    // <svg width="390pt" height="249pt" viewBox=...> and what is in it
    const size_t tag = svg.find("<svg");
    long own_width = 0, own_height = 0;
    if (tag == std::string::npos || sscanf(svg.c_str() + tag, "<svg width=\"%ldpt\" height=\"%ldpt\"", &own_width, &own_height) != 2) continue;
    const size_t rest = svg.find("viewBox", tag);
    body += "<svg x=\"0\" y=\"" + std::to_string(height) + "\" width=\"" + std::to_string(own_width) + "\" height=\"" + std::to_string(own_height) +
            "\" " + svg.substr(rest);
    width = std::max(width, own_width);
    height += own_height + kGap;
  }
  const std::string size = std::to_string(width) + " " + std::to_string(height);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"circle\" role=\"img\" style=\"max-width:100%;height:auto\" width=\"" + std::to_string(width) +
         "pt\" height=\"" + std::to_string(height) + "pt\" viewBox=\"0 0 " + size + "\">\n<title>Deadlocks and lock orders found by lockwrap</title>\n" +
         kStyle + body + "</svg>\n";
}

}  // namespace lockwrap::cli
