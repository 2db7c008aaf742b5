// A flame graph as SVG. It can be read without scripts (in an <img>, say), with tooltips where the viewer has them; flame/flame.js makes it
// as wide as the window and lets one zoom, search and walk it by keyboard; flame/flame.css colours it for light and dark.
#pragma once

#include <string>
#include <string_view>

#include "pictures/flame_tree.h"

namespace lockwrap::cli {

constexpr int kFlameWidth = 1200;  // in pixels, without the script; with it a picture is as wide as its window

// The lines over the picture.
struct FlameCaption {
  std::string title;
  std::string subtitle;
  std::string note = {};  // of a comparison: what is not drawn; mostly ""
  bool has_heading = true;  // false: the title is only for those who do not see the picture; a page says it itself
};

// "Who waits for whom: service", "pid 17, watched 3.19 s; ...". `lock`: the only one that was asked for, or "".
FlameCaption caption_of(const LockProfile &profile, const FlameGraph &graph, const std::string &lock);

// The <svg> element alone, for a page that has the style and the script once (flame_css, flame_js) and calls
// `lockwrap_flame(element)` for each. `id_prefix` keeps the ids of several apart. The graph is to be pruned before: prune_flame.
std::string flame_svg_element(const FlameGraph &graph, const FlameCaption &caption, const std::string &id_prefix, int width = kFlameWidth);

// A file of its own: with the XML header, the style and the script.
std::string flame_svg_file(const FlameGraph &graph, const FlameCaption &caption, int width = kFlameWidth);

// flame/flame.css and flame/flame.js, put into the command when it is built.
extern const std::string_view flame_css;
extern const std::string_view flame_js;

}  // namespace lockwrap::cli
