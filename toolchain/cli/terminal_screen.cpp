#include "terminal_screen.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

volatile sig_atomic_t was_interrupted = 0;

void on_interrupt(int) { was_interrupted = 1; }

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;  // no SA_RESTART: a wait for a key ends
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

constexpr char kEnterPage[] = "\x1b[?1049h\x1b[?25l";
constexpr char kLeavePage[] = "\x1b[?25h\x1b[?1049l";

}  // namespace

bool takes_escape_sequences() {
  const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
  return terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb" && (no_color == nullptr || *no_color == '\0');
}

TerminalScreen::TerminalScreen(bool batch) : is_terminal_(!batch && isatty(STDOUT_FILENO)), is_page_(is_terminal_ && takes_escape_sequences()) {
  catch_interrupts();
  if (!is_terminal_) return;
  reads_keys_ = tcgetattr(STDIN_FILENO, &before_) == 0;
  if (reads_keys_) {
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  if (is_page_) write_output("", kEnterPage);
}

TerminalScreen::~TerminalScreen() {
  if (reads_keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  if (is_page_) (void)!write(STDOUT_FILENO, kLeavePage, sizeof kLeavePage - 1);
}

TerminalScreen::Size TerminalScreen::size() const {
  if (!is_terminal_) return {0, 0};
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) size = {24, 80, 0, 0};
  return {size.ws_col, is_page_ ? size.ws_row : size_t{0}};
}

void TerminalScreen::show(const std::string &text) {
  if (!is_page_) return write_output("", text);
  const Size size = this->size();
  std::string page = "\x1b[H";
  std::istringstream lines(text);
  size_t rows = 0;
  for (std::string line; rows + 1 < size.lines && std::getline(lines, line); ++rows) {
    size_t columns = 0, bytes = 0;  // not in the middle of a character
    while (bytes < line.size() && columns < size.columns) {
      ++bytes;
      while (bytes < line.size() && (static_cast<unsigned char>(line[bytes]) & 0xc0) == 0x80) ++bytes;
      ++columns;
    }
    page += line.substr(0, bytes) + "\x1b[K\n";
  }
  write_output("", page + "\x1b[J");
}

char TerminalScreen::wait_for_key(int milliseconds) {
  if (was_interrupted) return 'q';
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  const int ready = poll(&input, reads_keys_ ? 1 : 0, milliseconds);
  if (was_interrupted) return 'q';
  if (ready <= 0) return 0;
  char key = 0;
  return read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';
}

}  // namespace lockwrap::cli
