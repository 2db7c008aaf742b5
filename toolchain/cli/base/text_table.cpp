// A character is counted by its first byte, so that names in UTF-8 keep the columns straight.
#include "base/text_table.h"

#include <algorithm>

namespace lockwrap::cli {
namespace {

size_t width_of(const std::string &text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

}  // namespace

std::string TextTable::text() const {
  std::vector<std::vector<Cell>> rows(1);
  for (const Column &column : columns_) rows.front().push_back({column.title});
  rows.insert(rows.end(), rows_.begin(), rows_.end());

  std::vector<size_t> widths(columns_.size(), 0);
  for (const auto &row : rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      for (const std::string &line : row[column]) widths[column] = std::max(widths[column], width_of(line));
    }
  }
  std::string text;
  for (const auto &row : rows) {
    size_t height = 0;
    for (const Cell &cell : row) height = std::max(height, cell.size());
    for (size_t index = 0; index < height; ++index) {
      std::string line;
      for (size_t column = 0; column < row.size(); ++column) {
        const std::string content = index < row[column].size() ? row[column][index] : "";
        const std::string padding(widths[column] - width_of(content), ' ');
        if (column > 0) line += "  ";
        line += columns_[column].align == Align::kRight ? padding + content : content + padding;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text;
}

std::vector<std::string> wrap_words(const std::string &text, size_t columns) {
  std::vector<std::string> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t space = text.find(' ', start);
    const std::string word = text.substr(start, space == std::string::npos ? space : space - start);
    if (!lines.empty() && width_of(lines.back()) + 1 + width_of(word) <= columns) lines.back() += " " + word;
    else lines.push_back(word);
    if (space == std::string::npos) break;
    start = space + 1;
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

std::string printable(std::string text) {
  for (char &byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = '?';
  }
  return text;
}

}  // namespace lockwrap::cli
