// The answer of `lockwrap check` in words, made by hand.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "check/check_report.h"
#include "check/check_sentence.h"

using namespace lockwrap::cli;

namespace {

CheckReport wrapped_report() {
  CheckReport report;
  report.path = "app";
  report.wrap.verdict = Verdict::kWrapped;
  report.wrap.is_linked = true;
  report.wrap.version = "1.2.3";
  report.wrap.archive_libc = "glibc 2.36";
  report.wrap.functions = {{"mutex", "pthread_mutex_lock", false, true, 7, 0},
                           {"mutex", "pthread_mutex_unlock", false, true, 8, 0},
                           {"condition", "pthread_cond_wait", false, true, 1, 0},
                           {"condition", "__pthread_mutex_cond_lock", true, true, 4, 0}};
  report.facts.link_kind = "static";
  report.facts.architecture = "x86-64";
  report.facts.libc = "glibc";
  report.facts.libc_version = "2.36";
  report.facts.malloc = "glibc";
  report.facts.has_unwind_tables = true;
  report.facts.has_unwind_index = true;
  return report;
}

PastCall past_call(const std::string &function, const std::string &called, std::vector<uint64_t> sites) {
  PastCall past;
  past.function = function;
  past.called = called;
  past.sites = std::move(sites);
  past.start = past.sites[0];
  return past;
}

CheckReport partly_report() {
  CheckReport report = wrapped_report();
  report.wrap.verdict = Verdict::kPartly;
  report.wrap.functions[0].past_calls = 5;
  report.wrap.past = {past_call("cache_get", "pthread_mutex_lock", {0x10, 0x20, 0x30, 0x40}), past_call("", "pthread_mutex_lock", {0x99})};
  report.wrap.past[0].source_file = "cache.c";
  report.wrap.past_count = 5;
  return report;
}

bool says(const CheckReport &report, const std::string &text) { return check_as_text(report).find(text) != std::string::npos; }

}  // namespace

TEST_CASE("the first line of a check is the verdict") {
  CheckReport report = wrapped_report();
  CHECK(check_as_text(report).rfind("app is wrapped: every call in it goes to lockwrap 1.2.3.\n", 0) == 0);
  report.facts.outside = {"libssl.so.3", "libz.so.1"};
  CHECK(verdict_sentence(report) ==
        "app is wrapped: every call in it goes to lockwrap 1.2.3; locks inside its shared libraries are not seen: libssl.so.3, libz.so.1.");
  report.facts.may_look_up = true;
  CHECK(verdict_sentence(report) ==
        "app is wrapped: every call in it goes to lockwrap 1.2.3; calls of what it finds with dlsym are not seen; locks inside its shared libraries are "
        "not seen: libssl.so.3, libz.so.1.");
  CHECK(says(report, "outside         libssl.so.3, libz.so.1; and what it finds with dlsym"));
  CHECK(check_as_json(report).find("\"looks_up\": true") != std::string::npos);
  report.facts.may_look_up = false;
  report.facts.outside.assign(7, "liba.so");
  CHECK(verdict_sentence(report).find("liba.so and 2 more.") != std::string::npos);
  report.facts.outside.clear();
  report.wrap.untold_calls = 1;
  CHECK(verdict_sentence(report) ==
        "app is wrapped, as far as a stripped static program tells: 1 call of wrapped functions cannot be told apart from libc's own.");
  CHECK(verdict_sentence(partly_report()) == "app is partly wrapped: 5 calls go past lockwrap 1.2.3, in 2 functions.");
  CheckReport missing = wrapped_report();
  missing.wrap.verdict = Verdict::kPartly;
  missing.wrap.functions[1].is_resolved = false;
  CHECK(verdict_sentence(missing) == "app is partly wrapped: the real pthread_mutex_unlock is not there.");
  CheckReport without;
  without.path = "app";
  CHECK(verdict_sentence(without) == "app is not wrapped: lockwrap is not linked in.");
}

TEST_CASE("families are counted without what only libc calls") {
  const std::vector<FamilyTotal> families = family_totals(partly_report().wrap);
  REQUIRE(families.size() == 2);
  CHECK(families[0].name == "mutex");
  CHECK(families[0].functions == 2);
  CHECK(families[0].wrapped == 1);
  CHECK(families[0].calls == 15);
  CHECK(families[1].functions == 1);
  CHECK(families[1].calls == 5);
}

TEST_CASE("what goes past is named with its places") {
  const CheckReport report = partly_report();
  CHECK(says(report, "pthread_mutex_lock  cache_get (cache.c)      4  0x10 0x20 0x30 ..."));
  CHECK(says(report, "pthread_mutex_lock  0x99                     1  0x99"));
  CHECK(!says(wrapped_report(), "PAST"));
}

TEST_CASE("a name cannot steer the terminal, and the JSON has it whole") {
  CheckReport report = partly_report();
  report.wrap.past[0].function = "evil\033[2J\xff";
  CHECK(!says(report, "\033"));
  const nlohmann::json json = nlohmann::json::parse(check_as_json(report));
  CHECK(json["past"][0]["by"].get<std::string>().rfind("evil\033[2J", 0) == 0);
  CHECK(json["past"][0]["sites"] == nlohmann::json({"0x10", "0x20", "0x30", "0x40"}));
  CHECK(json["verdict"] == "partly");
  CHECK(json["functions"][0]["past"] == 5);
  CHECK(json["sentence"] == verdict_sentence(report));
}

TEST_CASE("advice fits what is wrong") {
  const auto advises = [](const CheckReport &report, const std::string &text) {
    for (const std::string &line : advice(report)) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(advice(wrapped_report()).empty());
  CHECK(advises(partly_report(), "--redefine-sym"));
  CheckReport report = wrapped_report();
  report.facts.outside = {"libstdc++.so.6"};
  CHECK(advises(report, "-static-libstdc++"));
  report = wrapped_report();
  report.facts.has_unwind_index = false;
  CHECK(advises(report, "--eh-frame-hdr"));
  report.facts.has_unwind_tables = false;
  CHECK(advises(report, "-fasynchronous-unwind-tables"));
  report.facts.walks_by_unwind_tables = false;
  CHECK(advice(report).empty());
  report = wrapped_report();
  report.facts.libc = "musl";
  CHECK(advises(report, "build the archive with that libc's compiler"));
  report = wrapped_report();
  report.facts.unused_malloc = "jemalloc";
  CHECK(advises(report, "jemalloc is linked in, but malloc is libc's"));
  report = wrapped_report();
  report.wrap.untold_calls = 3;
  CHECK(advises(report, "--symbols"));
}
