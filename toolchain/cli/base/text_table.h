// A table in plain text, whose cells may have several lines.
#pragma once

#include <string>
#include <vector>

namespace lockwrap::cli {

class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align;
  };
  using Cell = std::vector<std::string>;

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column.
  void add_row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

  // With a heading, two spaces between columns and none at the end of a line.
  std::string text() const;

  // In characters, of the longest line.
  size_t width() const;

 private:
  std::vector<size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// `text` broken at spaces into lines of at most `columns` characters, where its words allow it.
std::vector<std::string> wrap_words(const std::string &text, size_t columns);

// In characters, that is, columns of a terminal for most of them.
size_t text_width(const std::string &text);

// `text` in at most `columns` characters: of a longer one the beginning and the end, with "..." between them.
std::string fitted_middle(const std::string &text, size_t columns);

// A name in a column of at most `columns`, and `note` behind it: wrapped at its spaces; what is longer than a line, or than a few, is cut in
// the middle.
std::vector<std::string> wrap_name(const std::string &name, const std::string &note, size_t columns);

// Names come from the profile: control characters, with which a file could steer the terminal, become '?'.
std::string printable(std::string text);

}  // namespace lockwrap::cli
