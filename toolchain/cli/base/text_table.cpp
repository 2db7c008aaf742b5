// A character is counted by its first byte, so that names in UTF-8 keep the columns straight.
#include "base/text_table.h"

#include <algorithm>
#include <numeric>

namespace lockwrap::cli {
namespace {

constexpr size_t kGap = 2;        // between columns
constexpr size_t kNameLines = 3;  // of a name that has spaces

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

// Where character number `index` begins, or the end.
size_t offset_of(const std::string &text, size_t index) {
  size_t offset = 0;
  for (; offset < text.size(); ++offset) {
    if (begins_character(text[offset]) && index-- == 0) break;
  }
  return offset;
}

}  // namespace

size_t text_width(const std::string &text) { return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins_character)); }

std::vector<size_t> TextTable::widths() const {
  std::vector<size_t> widths;
  for (const Column &column : columns_) widths.push_back(text_width(column.title));
  for (const auto &row : rows_) {
    for (size_t column = 0; column < row.size(); ++column) {
      for (const std::string &line : row[column]) widths[column] = std::max(widths[column], text_width(line));
    }
  }
  return widths;
}

size_t TextTable::width() const {
  const std::vector<size_t> all = widths();
  return all.empty() ? 0 : std::accumulate(all.begin(), all.end(), (all.size() - 1) * kGap);
}

std::string TextTable::text() const {
  std::vector<std::vector<Cell>> rows(1);
  for (const Column &column : columns_) rows.front().push_back({column.title});
  rows.insert(rows.end(), rows_.begin(), rows_.end());

  const std::vector<size_t> widths = this->widths();
  std::string text;
  for (const auto &row : rows) {
    size_t height = 0;
    for (const Cell &cell : row) height = std::max(height, cell.size());
    for (size_t index = 0; index < height; ++index) {
      std::string line;
      for (size_t column = 0; column < row.size(); ++column) {
        const std::string content = index < row[column].size() ? row[column][index] : "";
        const std::string padding(widths[column] - text_width(content), ' ');
        if (column > 0) line.append(kGap, ' ');
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
    if (!lines.empty() && text_width(lines.back()) + 1 + text_width(word) <= columns) lines.back() += " " + word;
    else lines.push_back(word);
    if (space == std::string::npos) break;
    start = space + 1;
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

std::string fitted_middle(const std::string &text, size_t columns) {
  const size_t width = text_width(text);
  if (width <= columns) return text;
  if (columns < 5) return text.substr(0, offset_of(text, columns));
  const size_t kept = columns - 3, begin = (kept + 1) / 2;
  return text.substr(0, offset_of(text, begin)) + "..." + text.substr(offset_of(text, width - (kept - begin)));
}

std::vector<std::string> wrap_name(const std::string &name, const std::string &note, size_t columns) {
  std::string fitted;
  for (size_t start = 0; start <= name.size();) {
    const size_t space = std::min(name.find(' ', start), name.size());
    fitted += (start > 0 ? " " : "") + fitted_middle(name.substr(start, space - start), columns);
    start = space + 1;
  }
  if (wrap_words(fitted, columns).size() > kNameLines) fitted = fitted_middle(name, columns);
  return wrap_words(fitted + note, columns);
}

std::string printable(std::string text) {
  for (char &byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = '?';
  }
  return text;
}

}  // namespace lockwrap::cli
