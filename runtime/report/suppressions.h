// Findings that are known and not to be told: `KIND:FUNCTION` or `lock:NAME`, one a line, # begins a comment. KIND is one of a finding
// (`order` for lock-order); FUNCTION and NAME as the finding shows them, * stands for any text.
// Runs: once at start, and when something was found.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::report {

constexpr size_t kSuppressionBytes = 16 * 1024;  // all together; a longer list is cut, and said so

// Adds the lines of a text, or of a file; `source` names it in complaints, each a line on stderr. Start only. Returns the number of
// complaints.
int add_suppressions(const char* text, size_t length, const char* source);
int read_suppressions(const char* path);

// Whether the finding is not to be told; counted then. Signal-safe.
bool is_suppressed(const char* kind, const char* finding);
uint64_t suppressed_count();

// Whether the text is the pattern, in which * stands for any text.
bool matches(const char* pattern, size_t pattern_length, const char* text, size_t length);

}  // namespace lockwrap::report
