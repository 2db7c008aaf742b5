// Text into a fixed buffer, without stdio: what lockwrap prints from inside a hook, a signal handler or a dying process.
// A text that is too long is cut, never overrun.
// Runs: when something is printed or written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::base {

class Text {
 public:
  // Writes into `buffer`, which the caller owns; keeps one byte for the terminating zero.
  Text(char* buffer, size_t size) : buffer_(buffer), size_(size) { buffer_[0] = 0; }

  Text& add(const char* text);
  Text& add(const char* text, size_t length);
  Text& add_char(char character) { return add(&character, 1); }
  Text& add_number(uint64_t value);
  Text& add_hex(uint64_t value);  // with 0x
  // A duration with a unit and three significant digits: 870 ns, 1.20 us, 45.0 ms, 3.21 s.
  Text& add_duration(uint64_t nanoseconds);
  // Blanks until the text is `column` bytes long; at least none.
  Text& pad_to(size_t column);

  const char* c_str() const { return buffer_; }
  size_t length() const { return length_; }
  bool cut() const { return cut_; }
  void clear() { length_ = 0, cut_ = false, buffer_[0] = 0; }

 private:
  char* buffer_;
  size_t size_;
  size_t length_ = 0;
  bool cut_ = false;
};

template <size_t kSize>
class TextOf : public Text {
 public:
  TextOf() : Text(storage_, kSize) {}
  TextOf(const TextOf&) = delete;
  TextOf& operator=(const TextOf&) = delete;

 private:
  char storage_[kSize];
};

bool same_text(const char* left, const char* right);
// Whether `text` begins with `prefix`.
bool begins_with(const char* text, const char* prefix);

// Writes all bytes, resuming after EINTR and short writes. 0 or an errno value. Signal-safe.
int write_all(int descriptor, const void* data, size_t size);
// Looks whether the program was started with a stderr. Without one, the number 2 may become any file of the program's own, and
// nothing is ever printed to it. Once, at start.
void look_for_stderr();
bool has_stderr();
// The text to stderr in one write; a failure is ignored, there is nowhere to report it. Keeps errno.
void print_to_stderr(const Text& text);

}  // namespace lockwrap::base
