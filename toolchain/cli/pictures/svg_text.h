// Names in a picture: valid XML whatever bytes they are made of, and no wider than their box.
#pragma once

#include <string>
#include <string_view>

namespace lockwrap::cli {

// What stands in `text` as XML may have it, in elements and in attributes: markup is escaped; bytes that are no UTF-8, control characters
// (line ends too), and those that turn the direction of writing become U+FFFD. At most `characters` of them, then "..".
std::string xml_text(std::string_view text, size_t characters = 1000);

// How many columns of a monospace font `text` takes at most: two for characters of which that font may have no narrow form.
size_t text_columns(std::string_view text);

struct FrameLabel {
  std::string_view name;
  std::string_view place = {};  // behind the name, if there is room
  std::string_view note = {};   // behind both, if there is more
  std::string_view mark = {};   // a sign that says the least of the note; it stands before the name where the note has no room
};

// The longest form of a label that fits: with place and note, with the place, the name alone, the name without its namespaces and classes,
// that cut with "..". "" when not even that fits. With a mark:
// with place and note, with the note, the mark and the name as it fits, the mark alone. flame.js does the same when the picture is zoomed.
std::string fitted_label(const FrameLabel &label, size_t columns);

}  // namespace lockwrap::cli
