// Text into fixed buffers: numbers, durations, and what does not fit.
#include "runtime/base/text.h"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

using lockwrap::base::Text;
using lockwrap::base::TextOf;
using lockwrap::base::write_all;

namespace {

std::string duration(uint64_t nanoseconds) {
  TextOf<64> text;
  text.add_duration(nanoseconds);
  return text.c_str();
}

}  // namespace

TEST_CASE("durations have a unit and three significant digits") {
  CHECK(duration(0) == "0 ns");
  CHECK(duration(1) == "1 ns");
  CHECK(duration(870) == "870 ns");
  CHECK(duration(999) == "999 ns");
  CHECK(duration(1000) == "1.00 us");
  CHECK(duration(1200) == "1.20 us");
  CHECK(duration(1204) == "1.20 us");
  CHECK(duration(1205) == "1.21 us");
  CHECK(duration(12'340) == "12.3 us");
  CHECK(duration(123'400) == "123 us");
  CHECK(duration(45'000'000) == "45.0 ms");
  CHECK(duration(3'210'000'000) == "3.21 s");
  CHECK(duration(86'400'000'000'000) == "86400 s");
}

TEST_CASE("durations that round up reach the next digit and the next unit") {
  CHECK(duration(999'400) == "999 us");
  CHECK(duration(999'600) == "1.00 ms");
  CHECK(duration(999'999'999) == "1.00 s");
  CHECK(duration(9'996) == "10.0 us");
  CHECK(duration(99'960) == "100 us");
}

TEST_CASE("no duration is shown with two or four digits where three are due") {
  for (uint64_t ns = 1000; ns < 1'000'000'000'000; ns = ns * 1003 / 1000 + 1) {
    const std::string text = duration(ns);
    CAPTURE(text);
    CAPTURE(ns);
    int digits = 0;
    for (char c : text) digits += c >= '0' && c <= '9';
    REQUIRE(digits == 3);
    const double value = std::stod(text) * (text.find("us") != std::string::npos   ? 1e3
                                            : text.find("ms") != std::string::npos ? 1e6
                                                                                    : 1e9);
    REQUIRE(value > static_cast<double>(ns) * 0.994);
    REQUIRE(value < static_cast<double>(ns) * 1.006);
  }
}

TEST_CASE("numbers are written whole") {
  TextOf<128> text;
  text.add_number(0).add_char(' ').add_number(UINT64_MAX).add_char(' ').add_hex(0).add_char(' ').add_hex(UINT64_MAX);
  CHECK(std::string(text.c_str()) == "0 18446744073709551615 0x0 0xffffffffffffffff");
  CHECK(text.length() == strlen(text.c_str()));
}

TEST_CASE("a text that is too long is cut and never overrun") {
  char buffer[16];
  memset(buffer, 'x', sizeof buffer);
  Text text(buffer, 8);
  text.add("12345").add("67890").add_number(1).pad_to(30);
  CHECK(std::string(buffer) == "1234567");
  CHECK(text.cut());
  CHECK(text.length() == 7);
  for (size_t i = 8; i < sizeof buffer; ++i) CHECK(buffer[i] == 'x');
  text.clear();
  CHECK_FALSE(text.cut());
  CHECK(std::string(text.c_str()).empty());
}

TEST_CASE("a text of exactly its size is not cut") {
  TextOf<8> text;
  text.add("1234567");
  CHECK_FALSE(text.cut());
  CHECK(std::string(text.c_str()) == "1234567");
}

TEST_CASE("padding adds blanks up to a column") {
  TextOf<32> text;
  text.add("ab").pad_to(5).add("c").pad_to(2).add("d");
  CHECK(std::string(text.c_str()) == "ab   cd");
}

TEST_CASE("write_all goes on after short writes and keeps errno") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const std::string sent(1 << 20, 'z');  // larger than a pipe
  std::string received;
  std::thread reader([&] {
    char buffer[5000];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) received.append(buffer, static_cast<size_t>(got));
  });
  errno = 4711;
  CHECK(write_all(ends[1], sent.data(), sent.size()) == 0);
  CHECK(errno == 4711);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  CHECK(received == sent);
}

TEST_CASE("write_all says what went wrong and keeps errno") {
  errno = 4711;
  CHECK(write_all(-1, "x", 1) == EBADF);
  CHECK(errno == 4711);
  const int full = open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  CHECK(write_all(full, "x", 1) == ENOSPC);
  close(full);
}
