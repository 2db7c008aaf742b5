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

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// `text` broken at spaces into lines of at most `columns` characters, where its words allow it.
std::vector<std::string> wrap_words(const std::string &text, size_t columns);

// Names come from the profile: control characters, with which a file could steer the terminal, become '?'.
std::string printable(std::string text);

}  // namespace lockwrap::cli
