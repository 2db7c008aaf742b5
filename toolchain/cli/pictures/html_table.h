// A table of the page: its columns can be sorted and its rows filtered by html/page.js, by mouse and by keyboard.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockwrap::cli {

class HtmlTable {
 public:
  // `id` is unique in the page; `caption` says what the rows are.
  HtmlTable(std::string id, std::string caption) : id_(std::move(id)), caption_(std::move(caption)) {}

  void add_column(const std::string &title, bool is_number);

  // What is longer than a few lines stands as its beginning and end, which open to show the whole.
  void begin_row();
  void add_text(const std::string &text);                          // escaped here
  void add_number(const std::string &shown, double value);         // sorted by `value`
  void add_lines(const std::vector<std::string> &lines);           // one below the other, escaped here

  size_t rows() const { return row_count_; }

  // With a field to filter when there are more rows than one sees at once.
  std::string html() const;

 private:
  std::string id_;
  std::string caption_;
  std::string head_;
  std::string body_;
  size_t row_count_ = 0;
};

}  // namespace lockwrap::cli
