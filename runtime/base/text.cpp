#include "runtime/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/files.h"

namespace lockwrap::base {

Text& Text::add(const char* text) { return add(text, strlen(text)); }

Text& Text::add(const char* text, size_t length) {
  size_t room = size_ - 1 - length_;
  if (length > room) {
    length = room;
    cut_ = true;
  }
  memcpy(buffer_ + length_, text, length);
  length_ += length;
  buffer_[length_] = 0;
  return *this;
}

Text& Text::add_number(uint64_t value) {
  char digits[20];
  size_t count = 0;
  do {
    digits[sizeof digits - ++count] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value);
  return add(digits + sizeof digits - count, count);
}

Text& Text::add_hex(uint64_t value) {
  char digits[16];
  size_t count = 0;
  do {
    digits[sizeof digits - ++count] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value);
  return add("0x").add(digits + sizeof digits - count, count);
}

Text& Text::add_duration(uint64_t nanoseconds) {
  if (nanoseconds < 1000) return add_number(nanoseconds).add(" ns");
  struct Unit {
    uint64_t nanoseconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1000, " us"}};
  for (const Unit& unit : kUnits) {
    // 999.5 us is shown as 1.00 ms: the unit that rounding reaches.
    if (nanoseconds + unit.nanoseconds / 2000 < unit.nanoseconds) continue;
    // The most decimals with which no more than three digits are left after rounding.
    unsigned decimals = 2;
    uint64_t scale = 100;
    uint64_t scaled = 0;
    for (;; --decimals, scale /= 10) {
      const uint64_t step = unit.nanoseconds / scale;
      scaled = (nanoseconds + step / 2) / step;
      if (scaled < 1000 || decimals == 0) break;
    }
    add_number(scaled / scale);
    if (decimals) {
      add_char('.');
      if (decimals == 2 && scaled % scale < 10) add_char('0');
      add_number(scaled % scale);
    }
    return add(unit.name);
  }
  return *this;
}

Text& Text::pad_to(size_t column) {
  while (length_ < column && length_ + 1 < size_) add_char(' ');
  return *this;
}

bool same_text(const char* left, const char* right) { return strcmp(left, right) == 0; }

bool begins_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

int write_all(int descriptor, const void* data, size_t size) {
  const int saved_errno = errno;
  const char* bytes = static_cast<const char*>(data);
  int result = 0;
  while (size && !result) {
    ssize_t written = write_file(descriptor, bytes, size);
    if (written < 0) {
      if (errno != EINTR) result = errno;
    } else if (written == 0) {
      result = EIO;
    } else {
      bytes += written;
      size -= static_cast<size_t>(written);
    }
  }
  errno = saved_errno;
  return result;
}

namespace {
constinit bool stderr_is_missing;
}  // namespace

void look_for_stderr() {
  const int saved_errno = errno;
  stderr_is_missing = fcntl(STDERR_FILENO, F_GETFD) == -1;
  errno = saved_errno;
}

bool has_stderr() { return !stderr_is_missing; }

void print_to_stderr(const Text& text) {
  if (has_stderr()) write_all(STDERR_FILENO, text.c_str(), text.length());
}

}  // namespace lockwrap::base
