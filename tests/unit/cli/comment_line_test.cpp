// The comments in which the runtime writes locks and counters.
#include <doctest/doctest.h>

#include "profile/comment_line.h"

using namespace lockwrap::cli;

TEST_CASE("a lock comment keeps a name with spaces and equals signs") {
  const CommentLine line = parse_comment("lockwrap lock id=3 address=0x4c52e0 wait_ns=5000 future=yes name=a b = c");
  CHECK(line.kind == "lock");
  CHECK(line.number("id") == 3);
  CHECK(line.number("address") == 0x4c52e0);
  CHECK(line.amount("wait_ns") == 5000);
  CHECK(line.text("name") == "a b = c");
  CHECK(line.number("missing") == 0);
}

TEST_CASE("a comment that is not lockwrap's or is malformed gives nothing") {
  CHECK(parse_comment("hello").kind == "");
  CHECK(parse_comment("").kind == "");
  CHECK(parse_comment("lockwrapped lock id=3").kind == "");
  CHECK(parse_comment("lockwrap lock id").number("id") == 0);
  CHECK(parse_comment("lockwrap lock id=").number("id") == 0);
  CHECK(parse_comment("lockwrap lock id=-1").number("id") == 0);
  CHECK(parse_comment("lockwrap lock id=99999999999999999999999").number("id") == 0);
  CHECK(parse_comment("lockwrap lock wait_ns=18446744073709551615").amount("wait_ns") == INT64_MAX);
}

TEST_CASE("a histogram skips what is no bucket") {
  CHECK(parse_histogram("8:4,9:8") == std::map<int, int64_t>{{8, 4}, {9, 8}});
  CHECK(parse_histogram("64:1,x:2,7,:,5:6").size() == 1);
  CHECK(parse_histogram("").empty());
}
