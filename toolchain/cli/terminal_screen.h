// The terminal as a page that is drawn again and again, as top(1) does it.
#pragma once

#include <termios.h>

#include <cstddef>
#include <string>

namespace lockwrap::cli {

// Not when TERM is unset or "dumb", nor when NO_COLOR is set (https://no-color.org): then nothing but text is written.
bool takes_escape_sequences();

class TerminalScreen {
 public:
  // When the standard output is no terminal, or `batch`: pages simply follow each other, and no key is read. On a terminal that takes no escape
  // sequences they do so too, but keys are read.
  explicit TerminalScreen(bool batch);
  // Gives the terminal back as it was, also when a signal ends the command.
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen &) = delete;
  TerminalScreen &operator=(const TerminalScreen &) = delete;

  bool is_terminal() const { return is_terminal_; }
  bool is_page() const { return is_page_; }

  // As the terminal is now. No lines where pages follow each other, and nothing at all where they go to no terminal.
  struct Size {
    size_t columns, lines;
  };
  Size size() const;

  // A page is cut to the size of the terminal.
  void show(const std::string &text);

  // Waits for a key: 0 when none was pressed in that time, 'q' also when the command was interrupted, or its input has ended.
  char wait_for_key(int milliseconds);

 private:
  bool is_terminal_;
  bool is_page_;
  bool reads_keys_ = false;
  termios before_{};
};

}  // namespace lockwrap::cli
