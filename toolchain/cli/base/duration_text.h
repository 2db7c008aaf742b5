// Durations and shares as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace lockwrap::cli {

// Three significant digits: "0 ns", "870 ns", "1.23 us", "45.6 ms", "4.20 s"; from 1000 s on whole seconds.
std::string duration_text(int64_t duration_ns);

// "87 %"; "<1 %" for a little, "0 %" for nothing. A part larger than the whole is "100 %".
std::string share_text(int64_t part, int64_t whole);

// "1 lock", "37 locks"
std::string count_text(uint64_t count, const std::string &noun);

}  // namespace lockwrap::cli
