#include "pictures/html_table.h"

#include <cstdio>

#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kRowsAtOnce = 10;

}  // namespace

void HtmlTable::add_column(const std::string &title, bool is_number) {
  head_ += std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + xml_text(title) + "</th>";
}

void HtmlTable::begin_row() {
  body_ += row_count_ == 0 ? "<tr>" : "</tr>\n<tr>";
  ++row_count_;
}

void HtmlTable::add_text(const std::string &text) { body_ += "<td>" + xml_text(text) + "</td>"; }

void HtmlTable::add_number(const std::string &shown, double value) {
  char number[40];
  snprintf(number, sizeof number, "%.17g", value);
  body_ += "<td class=\"number\" data-value=\"" + std::string(number) + "\">" + xml_text(shown) + "</td>";
}

void HtmlTable::add_lines(const std::vector<std::string> &lines) {
  body_ += "<td class=\"places\">";
  for (const std::string &line : lines) body_ += "<div>" + xml_text(line) + "</div>";
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
