#include "pictures/html_page.h"

#include <string_view>

#include "base/duration_text.h"
#include "base/in_parallel.h"
#include "pictures/flame_layout.h"
#include "pictures/flame_stacks.h"
#include "pictures/flame_svg.h"
#include "pictures/html_sections.h"
#include "report/lock_report.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {

extern const std::string_view page_css;  // html/page.css and html/page.js, put into the command when it is built
extern const std::string_view page_js;

namespace {

constexpr double kLeastShare = 0.0005;
constexpr size_t kMostFrames = 5000;

FlameGraph flame_of(NamedProfile &profile, FlameSide side) {
  FlameBuilder builder(side);
  give_stacks(profile, side, "", builder);
  FlameGraph graph = builder.finish(kLeastShare);
  prune_flame(graph, kLeastShare, kMostFrames);
  return graph;
}

std::string flame_figure(NamedProfile &profile, FlameSide side, const std::string &id, const std::string &title, const std::string &explanation) {
  const FlameGraph graph = flame_of(profile, side);
  if (graph.root.wait_ns <= 0) return "";
  FlameCaption caption = caption_of(profile.locks(), graph, "");
  caption.title = title;
  caption.has_heading = false;  // the section has one
  return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "_title\">\n<h2 id=\"" + id + "_title\">" + xml_text(title) + "</h2>\n<p>" +
         xml_text(explanation) + "</p>\n<div class=\"wide flame\">" + flame_svg_element(graph, caption, id + "_graph_") + "</div>\n</section>\n";
}

std::string heading(const LockReport &report) {
  const std::string program = report.program.substr(report.program.rfind('/') + 1);
  std::string text = "<h1>Lock contention" + (program.empty() ? "" : " of " + xml_text(program, 200)) + "</h1>\n<p class=\"facts\">";
  if (report.pid != 0) text += "pid " + std::to_string(report.pid) + ", ";
  if (report.duration_ns > 0) text += "watched " + duration_text(report.duration_ns) + ", ";
  if (report.rows.empty()) text += "no thread waited for a lock</p>\n";
  else text += "threads waited " + duration_text(report.wait_ns) + " for " + count_text(report.rows.size(), "lock") + "</p>\n";
  return text;
}

}  // namespace

std::string html_page(NamedProfile &profile, const LogFindings &log) {
  const LockReport report = make_report(profile.locks(), profile.places(), profile.lock_names(), {});
  const std::string program = report.program.substr(report.program.rfind('/') + 1);

  struct Part {
    std::string id, title, content;
  };
  std::vector<Part> parts;
  parts.push_back({"findings", findings_title(log), findings_section(log)});  // first: a program that stands still is worse than a slow one
  parts.push_back({"summary", summary_title(report, log), summary_section(report, log)});
  parts.push_back({"locks", "Locks", locks_section(report)});
  if (!report.rows.empty()) {
    profile.stack_names().name_all();  // two threads read stacks now
    std::future<std::string> both = in_parallel([&] {
      return flame_figure(profile, FlameSide::kBoth, "both", "Who waits for whom",
                          "In the middle the locks, as wide as the time that threads waited for them. Above each lock the calls that waited and their "
                          "callers; below each waiting call those who held the lock meanwhile.");
    });
    std::string waiters = flame_figure(profile, FlameSide::kWaiter, "waiters", "Who waits", "The stacks of the threads that waited, as wide as they waited.");
    std::string holders = flame_figure(profile, FlameSide::kHolder, "holders", "Who makes others wait",
                                       "The stacks of the threads that held a lock while others waited for it, as wide as these waited.");
    parts.push_back({"both", "Who waits for whom", both.get()});
    parts.push_back({"waiters", "Waiters", std::move(waiters)});
    parts.push_back({"holders", "Holders", std::move(holders)});
  }
  parts.push_back({"pairs", "Pairs", pairs_section(report)});
  parts.push_back({"histograms", "Histograms", histograms_section(report)});
  parts.push_back({"threads", "Threads", threads_section(thread_totals(profile.locks()))});

  std::string links, content;
  size_t count = 0;
  for (const Part &part : parts) {
    if (part.content.empty()) continue;
    links += "<li><a href=\"#" + part.id + "\">" + part.title + "</a></li>";
    content += part.content;
    ++count;
  }
  const std::string navigation = count < 2 ? "" : "<nav aria-label=\"Parts of this page\"><ul>" + links + "</ul></nav>\n";
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>Lock contention" + (program.empty() ? "" : " of " + xml_text(program, 200)) +
         "</title>\n<style>\n" + std::string(page_css) + std::string(flame_css) + "</style>\n</head>\n<body>\n<header>\n" + heading(report) +
         navigation + "</header>\n<main>\n" + content +
         "</main>\n<footer><p>Made by lockwrap " LOCKWRAP_VERSION ". Times of locks and places are exact, stacks are sampled.</p></footer>\n<script>\n" +
         std::string(flame_js) + std::string(page_js) + "</script>\n</body>\n</html>\n";
}

}  // namespace lockwrap::cli
