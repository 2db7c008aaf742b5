// Durations and shares in reports.
#include <doctest/doctest.h>

#include "base/duration_text.h"

using namespace lockwrap::cli;

TEST_CASE("a duration has three significant digits and its unit") {
  CHECK(duration_text(0) == "0 ns");
  CHECK(duration_text(999) == "999 ns");
  CHECK(duration_text(1000) == "1.00 us");
  CHECK(duration_text(1234) == "1.23 us");
  CHECK(duration_text(12'345) == "12.3 us");
  CHECK(duration_text(123'456) == "123 us");
  CHECK(duration_text(4'200'000'000) == "4.20 s");
  CHECK(duration_text(4'200'000'000'000) == "4200 s");
  CHECK(duration_text(INT64_MAX) == "9223372037 s");
}

TEST_CASE("a duration that rounds up to the next unit is shown in it") {
  CHECK(duration_text(9'996) == "10.0 us");
  CHECK(duration_text(99'960) == "100 us");
  CHECK(duration_text(999'600) == "1.00 ms");
  CHECK(duration_text(999'999'999) == "1.00 s");
}

TEST_CASE("a share is between 0 % and 100 % and a little is not nothing") {
  CHECK(share_text(0, 10) == "0 %");
  CHECK(share_text(1, 0) == "0 %");
  CHECK(share_text(1, 1000) == "<1 %");
  CHECK(share_text(866, 1000) == "87 %");
  CHECK(share_text(20, 10) == "100 %");
}
