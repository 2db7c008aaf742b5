// Rounding comes before the choice of the unit: 999,600 ns are 1.00 ms, not 1000 us.
#include "base/duration_text.h"

#include <cstdio>

namespace lockwrap::cli {

std::string duration_text(int64_t duration_ns) {
  if (duration_ns < 1000) return std::to_string(duration_ns) + " ns";
  struct Unit {
    double ns;
    const char *name;
  };
  constexpr Unit kUnits[] = {{1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
  for (const Unit &unit : kUnits) {
    const double amount = static_cast<double>(duration_ns) / unit.ns;
    const bool is_last = unit.ns == 1e9;
    if (amount >= 999.5 && !is_last) continue;
    const int decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
    char text[40];
    snprintf(text, sizeof text, "%.*f %s", decimals, amount, unit.name);
    return text;
  }
  return "";
}

std::string share_text(int64_t part, int64_t whole) {
  if (part <= 0 || whole <= 0) return "0 %";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (percent < 0.5) return "<1 %";
  return std::to_string(percent > 100 ? 100 : static_cast<int>(percent + 0.5)) + " %";
}

std::string count_text(uint64_t count, const std::string &noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace lockwrap::cli
