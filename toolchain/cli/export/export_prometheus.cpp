// Source of the format: https://prometheus.io/docs/instrumenting/exposition_formats/
#include <cstdio>

#include "export/export_formats.h"

namespace lockwrap::cli {
namespace {

// All locks have the same bounds, as Prometheus needs them to add locks up: each second power of two from 1 us to 69 s. They are bounds of
// the profile's own histogram, so nothing is estimated.
constexpr int kFirstBound = 10, kLastBound = 36, kBoundStep = 2;

std::string escaped(const std::string &value) {
  std::string text;
  for (const char character : value) {
    if (character == '\\' || character == '"') text += '\\';
    if (character == '\n') text += "\\n";
    else text += character;
  }
  return text;
}

// Bytes that are no UTF-8, which Prometheus refuses, become '?'. The continuation bytes are counted, over-long forms are not looked for.
std::string utf8(const std::string &value) {
  std::string text;
  for (size_t at = 0; at < value.size();) {
    const unsigned char first = static_cast<unsigned char>(value[at]);
    const size_t length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    bool is_valid = length != 0 && at + length <= value.size();
    for (size_t index = 1; is_valid && index < length; ++index) is_valid = (static_cast<unsigned char>(value[at + index]) & 0xc0) == 0x80;
    text += is_valid ? value.substr(at, length) : "?";
    at += is_valid ? length : 1;
  }
  return text;
}

std::string seconds(int64_t duration_ns) {
  char text[40];
  snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(duration_ns / 1'000'000'000), static_cast<long long>(duration_ns % 1'000'000'000));
  return text;
}

void add_row(LockRow &sum, const LockRow &row) {
  sum.contentions = add_saturated(sum.contentions, row.contentions);
  sum.wait_ns = add_saturated(sum.wait_ns, row.wait_ns);
  sum.blamed_ns = add_saturated(sum.blamed_ns, row.blamed_ns);
  for (const auto &[bucket, count] : row.histogram) sum.histogram[bucket] = add_saturated(sum.histogram[bucket], count);
  sum.hold_times.add(row.hold_times);
}

std::string histogram_of(const std::string &name, const Histogram &histogram, int64_t sum_ns, const std::string &labels) {
  std::string text;
  auto next = histogram.begin();
  int64_t count = 0;
  for (int bound = kFirstBound; bound <= kLastBound; bound += kBoundStep) {
    for (; next != histogram.end() && next->first < bound; ++next) count = add_saturated(count, next->second);
    text += name + "_bucket{" + labels + ",le=\"" + seconds(int64_t{1} << bound) + "\"} " + std::to_string(count) + "\n";
  }
  for (; next != histogram.end(); ++next) count = add_saturated(count, next->second);
  text += name + "_bucket{" + labels + ",le=\"+Inf\"} " + std::to_string(count) + "\n";
  text += name + "_sum{" + labels + "} " + seconds(sum_ns) + "\n";
  return text + name + "_count{" + labels + "} " + std::to_string(count) + "\n";
}

}  // namespace

std::string export_prometheus(const LockReport &all, size_t shown_rows) {
  std::vector<LockRow> rows(all.rows.begin(), all.rows.begin() + static_cast<long>(std::min(shown_rows, all.rows.size())));
  if (rows.size() < all.rows.size()) {
    LockRow others;
    others.name = kOtherLocks;
    for (size_t index = rows.size(); index < all.rows.size(); ++index) add_row(others, all.rows[index]);
    rows.push_back(std::move(others));
  }
  const std::string program = escaped(utf8(all.program.substr(all.program.rfind('/') + 1)));
  std::vector<std::string> labels;
  for (const LockRow &row : rows) {
    labels.push_back("lock=\"" + escaped(utf8(row.name)) + "\",kind=\"" + escaped(utf8(row.kind)) + "\",program=\"" + program + "\"");
  }

  std::string text;
  const auto family = [&](const std::string &name, const char *type, const char *help, auto lines_of) {
    text += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    for (size_t index = 0; index < rows.size(); ++index) text += lines_of(name, rows[index], labels[index]);
  };
  const auto counter = [](auto value_of) {
    return [value_of](const std::string &name, const LockRow &row, const std::string &set) { return name + "{" + set + "} " + value_of(row) + "\n"; };
  };
  family("lockwrap_lock_waits_total", "counter", "How often a thread had to wait for the lock.",
         counter([](const LockRow &row) { return std::to_string(row.contentions); }));
  family("lockwrap_lock_wait_seconds_total", "counter", "How long threads waited for the lock, added up.",
         counter([](const LockRow &row) { return seconds(row.wait_ns); }));
  family("lockwrap_lock_blamed_seconds_total", "counter", "How long threads waited while a holder of the lock was seen, added up.",
         counter([](const LockRow &row) { return seconds(row.blamed_ns); }));
  family("lockwrap_lock_wait_seconds", "histogram", "How long the single waits for the lock took; waits in progress are not in it.",
         [](const std::string &name, const LockRow &row, const std::string &set) { return histogram_of(name, row.histogram, row.wait_ns, set); });
  family("lockwrap_lock_hold_seconds", "histogram", "How long the lock was held while others waited; holds in progress are only in the sum.",
         [](const std::string &name, const LockRow &row, const std::string &set) {
           return histogram_of(name, row.hold_times.histogram, row.hold_times.hold_ns, set);
         });
  return text;
}

}  // namespace lockwrap::cli
