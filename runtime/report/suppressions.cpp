#include "runtime/report/suppressions.h"

#include <errno.h>
#include <string.h>

#include <atomic>
#include <initializer_list>

#include "runtime/base/files.h"
#include "runtime/base/text.h"

namespace lockwrap::report {

namespace {

constinit char lines[kSuppressionBytes];  // each ended by a zero: KIND:PATTERN
constinit size_t used;
constinit std::atomic<uint64_t> suppressed;

int complain(const char* source, const char* problem, const char* line, size_t length) {
  base::TextOf<400> text;
  text.add("lockwrap: suppressions of ").add(source).add(": ").add(problem);
  if (length) {
    text.add(": '");
    for (size_t i = 0; i < length && i < 60; ++i) text.add_char(line[i] >= ' ' && line[i] < 127 ? line[i] : '?');
    text.add("'");
  }
  text.add("\n");
  base::print_to_stderr(text);
  return 1;
}

struct Kind {
  const char* suppression;
  const char* finding;  // null: of any
};
constexpr Kind kKinds[] = {{"order", "lock-order"}, {"lock-order", "lock-order"}, {"deadlock", "deadlock"}, {"stuck", "stuck"},
                           {"misuse", "misuse"}, {"held-in-call", "held-in-call"}, {"lock", nullptr}};

const Kind* kind_of(const char* line, size_t length) {
  for (const Kind& kind : kKinds) {
    if (strlen(kind.suppression) == length && memcmp(kind.suppression, line, length) == 0) return &kind;
  }
  return nullptr;
}

int add_line(const char* line, size_t length, const char* source) {
  while (length && (line[length - 1] == ' ' || line[length - 1] == '\t' || line[length - 1] == '\r')) --length;
  while (length && (*line == ' ' || *line == '\t')) ++line, --length;
  if (!length || *line == '#') return 0;
  const auto* colon = static_cast<const char*>(memchr(line, ':', length));
  if (!colon || !kind_of(line, static_cast<size_t>(colon - line)) || colon + 1 == line + length) {
    return complain(source, "not KIND:FUNCTION or lock:NAME (order, deadlock, stuck, misuse, held-in-call)", line, length);
  }
  if (used + length + 1 > sizeof lines) return complain(source, "no room for this line and those behind it (16 KiB)", line, length);
  memcpy(lines + used, line, length);
  used += length + 1;
  return 0;
}

// Calls visit(name, length) with each function that the text names ("in NAME [0x", "from NAME [0x"), or each lock ("`NAME`"), until it
// returns true.
template <class Visit>
bool any_function(const char* text, Visit visit) {
  for (const char* end = strstr(text, " [0x"); end; end = strstr(end + 1, " [0x")) {
    const char* line = end;
    while (line > text && line[-1] != '\n') --line;
    for (const char* word : {" in ", " from "}) {
      const char* name = strstr(line, word);
      if (!name || name >= end) continue;
      name += strlen(word);
      if (visit(name, static_cast<size_t>(end - name))) return true;
      break;
    }
  }
  return false;
}
template <class Visit>
bool any_lock(const char* text, Visit visit) {
  for (const char* begin = strchr(text, '`'); begin;) {
    const char* end = strchr(begin + 1, '`');
    if (!end) return false;
    if (visit(begin + 1, static_cast<size_t>(end - begin - 1))) return true;
    begin = strchr(end + 1, '`');
  }
  return false;
}

}  // namespace

bool matches(const char* pattern, size_t pattern_length, const char* text, size_t length) {
  // Back to the last * when a letter does not fit: it takes one more.
  size_t p = 0, t = 0, star = pattern_length, resume = 0;
  while (t < length) {
    if (p < pattern_length && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern_length && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != pattern_length) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern_length && pattern[p] == '*') ++p;
  return p == pattern_length;
}

int add_suppressions(const char* text, size_t length, const char* source) {
  int complaints = 0;
  for (size_t at = 0; at < length;) {
    const auto* end = static_cast<const char*>(memchr(text + at, '\n', length - at));
    const size_t line_length = end ? static_cast<size_t>(end - text) - at : length - at;
    complaints += add_line(text + at, line_length, source);
    at += line_length + 1;
  }
  return complaints;
}

int read_suppressions(const char* path) {
  static char text[kSuppressionBytes];
  const int saved_errno = errno;
  const int file = base::open_file(path, O_RDONLY | O_CLOEXEC);
  size_t length = 0;
  ssize_t got = -1;
  while (file >= 0 && length < sizeof text && (got = base::read_file(file, text + length, sizeof text - length)) > 0) length += static_cast<size_t>(got);
  if (file >= 0) base::close_file(file);
  errno = saved_errno;
  if (file < 0 || got < 0) return complain(path, "the file cannot be read; nothing is suppressed by it", "", 0);
  return add_suppressions(text, length, path) + (length == sizeof text ? complain(path, "longer than 16 KiB; the rest is ignored", "", 0) : 0);
}

bool is_suppressed(const char* kind, const char* finding) {
  for (size_t at = 0; at < used; at += strlen(lines + at) + 1) {
    const char* line = lines + at;
    const char* pattern = strchr(line, ':') + 1;
    const Kind* suppression = kind_of(line, static_cast<size_t>(pattern - line - 1));
    const auto fits = [&](const char* name, size_t length) { return matches(pattern, strlen(pattern), name, length); };
    const bool found = !suppression->finding                      ? any_lock(finding, fits)
                       : strcmp(suppression->finding, kind) == 0 && any_function(finding, fits);
    if (!found) continue;
    suppressed.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
}

uint64_t suppressed_count() { return suppressed.load(std::memory_order_relaxed); }

}  // namespace lockwrap::report
