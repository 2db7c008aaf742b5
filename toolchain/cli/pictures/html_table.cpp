#include "pictures/html_table.h"

#include <algorithm>
#include <cstdio>

#include "base/text_table.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kRowsAtOnce = 10;
constexpr size_t kMostCharacters = 120;    // of a text that is shown whole: four lines or so
constexpr size_t kCutCharacters = 60;
constexpr size_t kLongWordCharacters = 32;  // one that may be broken anywhere, lest the column gets too wide

// <details> is reached by the keyboard and told by screen readers, which a title alone is not.
std::string content(const std::string &text) {
  if (text_width(text) <= kMostCharacters) return xml_text(text);
  return "<details><summary title=\"" + xml_text(text) + "\">" + xml_text(fitted_middle(text, kCutCharacters)) + "</summary>" + xml_text(text) + "</details>";
}

bool has_long_word(const std::string &text) {
  const std::vector<std::string> words = wrap_words(text, 1);
  return std::any_of(words.begin(), words.end(), [](const std::string &word) { return text_width(word) > kLongWordCharacters; });
}

}  // namespace

void HtmlTable::add_column(const std::string &title, bool is_number) {
  head_ += std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + xml_text(title) + "</th>";
}

void HtmlTable::begin_row() {
  body_ += row_count_ == 0 ? "<tr>" : "</tr>\n<tr>";
  ++row_count_;
}

void HtmlTable::add_text(const std::string &text) { body_ += std::string("<td") + (has_long_word(text) ? " class=\"breaks\"" : "") + ">" + content(text) + "</td>"; }

void HtmlTable::add_number(const std::string &shown, double value) {
  char number[40];
  snprintf(number, sizeof number, "%.17g", value);
  body_ += "<td class=\"number\" data-value=\"" + std::string(number) + "\">" + xml_text(shown) + "</td>";
}

void HtmlTable::add_lines(const std::vector<std::string> &lines) {
  body_ += std::string("<td class=\"places") + (std::any_of(lines.begin(), lines.end(), has_long_word) ? " breaks" : "") + "\">";
  for (const std::string &line : lines) body_ += "<div>" + content(line) + "</div>";
  body_ += "</td>";
}

std::string HtmlTable::html() const {
  std::string text;
  if (row_count_ > kRowsAtOnce) {
    text += "<p class=\"filter\" hidden><label>Show rows with <input type=\"search\" data-table=\"" + id_ + "\"></label> <output></output></p>\n";
  }
  // Wider than a phone, or longer than what comes after it should wait for: it scrolls within its own frame, which the keyboard can reach.
  text += std::string("<div class=\"wide") + (row_count_ > kRowsAtOnce ? " long" : "") + "\" role=\"region\" tabindex=\"0\" aria-labelledby=\"" + id_ + "_caption\">\n<table id=\"" + id_ + "\">\n<caption id=\"" + id_ +
          "_caption\"><span>" + xml_text(caption_) + (row_count_ > kRowsAtOnce ? " (" + std::to_string(row_count_) + " rows, to be scrolled)" : "") + "</span></caption>\n<thead><tr>" + head_ + "</tr></thead>\n<tbody>\n" + body_ + (row_count_ > 0 ? "</tr>\n" : "") +
          "</tbody>\n</table>\n</div>\n";
  return text;
}

}  // namespace lockwrap::cli
