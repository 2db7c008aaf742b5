// The grammar of --fail-on, and when a condition holds.
#include "report/fail_condition.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace lockwrap::cli;

namespace {

LockReport report_of(int64_t wait_ns, int64_t count, int64_t max_ns, int64_t duration_ns = 1'000'000'000) {
  LockReport report;
  report.duration_ns = duration_ns;
  LockRow first;
  first.name = "Cache<int>::lock v1.2";
  first.wait_ns = wait_ns;
  first.contentions = count;
  first.max_wait_ns = max_ns;
  LockRow second;
  second.name = "journal";
  second.wait_ns = 1;
  second.contentions = 1;
  second.max_wait_ns = 1;
  report.rows = {first, second};
  return report;
}

bool holds(const std::string &condition, const LockReport &report) {
  return !holding_conditions(parse_conditions({condition}, ConditionUse::kReport), report, "a.pb.gz").empty();
}

bool holds(const std::string &condition, const LockReport &before, const LockReport &after, bool is_per_second = true) {
  return !holding_conditions(parse_conditions({condition}, ConditionUse::kDiff), before, after, is_per_second).empty();
}

}  // namespace

TEST_CASE("a condition of a report compares sums, rates and shares of the watched time") {
  const LockReport report = report_of(59'999'999, 9, 7'000'000);  // with `journal` 60 ms, 10 times
  CHECK(holds("wait>5%", report));
  CHECK_FALSE(holds("wait>6%", report));
  CHECK(holds("wait>=6%", report));
  CHECK(holds(" wait >= 60 ms ", report));
  CHECK_FALSE(holds("wait>60ms", report));
  CHECK(holds("wait<0.001m", report) == false);
  CHECK(holds("wait<1h", report));
  CHECK(holds("wait_per_second>=60000us", report));
  CHECK(holds("count>=10", report));
  CHECK_FALSE(holds("count>10", report));
  CHECK(holds("count_per_second<=10", report));
  CHECK(holds("max>=7ms", report));
  CHECK_FALSE(holds("max>7ms", report));
  CHECK(holds("wait>0", report));
}

TEST_CASE("a condition may be about one lock, whose name may hold anything") {
  const LockReport report = report_of(60'000'000, 9, 7'000'000);
  CHECK(holds("lock:Cache<int>::lock v1.2.wait>5%", report));
  CHECK(holds("lock:Cache<int>::lock v1.2.count>=9", report));
  CHECK_FALSE(holds("lock:journal.wait>5%", report));
  CHECK_FALSE(holds("lock:no such lock.wait>0", report));
}

TEST_CASE("a condition of a diff is about the change") {
  const LockReport before = report_of(99'999'999, 9, 1'000'000), after = report_of(119'999'999, 19, 3'000'000);
  CHECK(holds("wait>19%", before, after));
  CHECK_FALSE(holds("wait>21%", before, after));
  CHECK(holds("wait>=20ms", before, after));
  CHECK_FALSE(holds("wait>20ms", before, after));
  CHECK(holds("wait<-16%", after, before));
  CHECK(holds("count>=100%", before, after));
  CHECK(holds("max>=2ms", before, after));
  CHECK(holds("lock:new.wait>1000%", before, after) == false);
  CHECK(holds("wait>1000%", report_of(-1, 0, 0), after));  // from nothing
}

TEST_CASE("a diff compares what was waited in a watched second, or sums") {
  const LockReport minute = report_of(600'000'000, 60, 1, 60'000'000'000), second = report_of(20'000'000, 2, 1);
  CHECK(holds("wait>90%", minute, second));
  CHECK_FALSE(holds("wait>0%", minute, second, false));
}

TEST_CASE("a share of an unknown time is an error, not a silent success") {
  const LockReport report = report_of(1, 1, 1, 0);
  CHECK_THROWS_WITH_AS(holds("wait>5%", report), doctest::Contains("a.pb.gz: does not say how long"), CommandError);
  CHECK(holds("wait>1ns", report));
}

TEST_CASE("a malformed condition is refused with the grammar") {
  for (const char *text : {"", "wait", "wait>", ">5%", "wait>5", "wait>5 parsecs", "wait>%", "wait>>5%", "wait=5%", "waits>5%", "count>5ms", "count>5%",
                           "wait_per_second>5%", "lock:>5", "lock:.wait>5%", "lock:x>5%", "lock:x.waits>5%", "wait>nan%", "wait>1e400%", "wait>5%%", "wait>5ms5"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(parse_conditions({text}, ConditionUse::kReport), doctest::Contains("QUANTITY OP NUMBER[UNIT]"), CommandError);
  }
  CHECK_NOTHROW(parse_conditions({"count>5%", "wait_per_second>5%"}, ConditionUse::kDiff));
}
