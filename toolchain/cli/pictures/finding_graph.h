// Findings as graphs in Graphviz's language: who waits for whom, and in which orders locks are taken.
#pragma once

#include <string>
#include <vector>

#include "pictures/finding_reader.h"

namespace lockwrap::cli {

// True of deadlocks and lock orders, which are circles.
bool has_graph(const Finding &finding);

// "It happened 50 times more at the same places."; "" when nothing was counted.
std::string untold_text(const Finding &finding);

// A deadlock: threads wait for locks, locks are held by threads. A lock order: an arrow from the lock that was had to the lock that was taken,
// with both places. An arrow says how often it happened where that is known of this finding alone. The circle has the class "cycle" (red), the
// rest "other". `number` makes the ids of several in one document differ.
std::string finding_as_dot(const Finding &finding, size_t number, bool with_headline = true);

// The <svg> of one of Graphviz's pictures, for a page: without the XML header, and with the colours below.
std::string picture_element(const std::string &svg);

// Graphviz's pictures, one below the other, with what they lack: colours for light and dark, and a title for those who do not see them.
std::string joined_pictures(const std::vector<std::string> &svgs);

}  // namespace lockwrap::cli
