// The page of `lockwrap html` as a file: its parts, its markup, what is missing when there is nothing. tests/pictures opens it.
#include <doctest/doctest.h>

#include <regex>
#include <set>

#include "fixture_facts.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

SyntheticProfile contended(const std::string &name = "accounts") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=10 wait_ns=4200000000 max_wait_ns=900000000 blamed_ns=3906000000 "
                  "histogram=20:9,29:1 name=" + name);
  profile.frames(0x2000, {{"Cache<int, char>::get(int)", "/src/cache.cpp", 41}});
  profile.frames(0x3000, {{"Ledger::rebuild()", "/src/ledger.cpp", 88}});
  profile.frames(0x4000, {{"main", "/src/main.cpp", 5}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x4000}, 10, 4'200'000'000});
  profile.sample({"holder", 1, 0x3000, 0x2000, {0x3000, 0x4000}, 5, 3'906'000'000});
  return profile;
}

std::string page_of(const SyntheticProfile &profile, const std::string &options = "") {
  const TemporaryFolder folder;
  profile.write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("html " + (folder / "a.pb.gz") + " " + options);
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  return result.output;
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

void check_ids(const std::string &page) {
  static const std::regex kId("[ <]id=\"([^\"]*)\"");
  std::set<std::string> seen;
  for (std::sregex_iterator match(page.begin(), page.end(), kId), end; match != end; ++match) {
    CHECK_MESSAGE(seen.insert((*match)[1]).second, "the id ", (*match)[1].str(), " is there twice");
  }
  static const std::regex kLink("href=\"#([^\"]*)\"");
  for (std::sregex_iterator match(page.begin(), page.end(), kLink), end; match != end; ++match) CHECK(seen.count((*match)[1]) == 1);
}

}  // namespace

TEST_CASE("the page has all its parts, and needs nothing from elsewhere") {
  const std::string page = page_of(contended());
  for (const char *part : {"summary", "locks", "both", "waiters", "holders", "pairs", "histograms", "threads"}) {
    CAPTURE(part);
    CHECK(has(page, std::string("<section id=\"") + part + "\""));
    CHECK(has(page, std::string("<a href=\"#") + part + "\">"));
  }
  CHECK_FALSE(has(page, "<section id=\"findings\""));
  check_ids(page);
  static const std::regex kOutside("(src|href)=\"(?!#)|url\\(|@import|https?://(?!www\\.w3\\.org)");
  CHECK_FALSE(std::regex_search(page, kOutside));
  CHECK(has(page, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"));  // nor may anything in a name ask for it
}

TEST_CASE("what there is nothing of is no part of the page") {
  const std::string empty = page_of(SyntheticProfile());
  CHECK(has(empty, "no thread waited for a lock</p>"));
  CHECK(has(empty, ">Nothing to do</h2>"));
  CHECK(has(empty, "That is a good result"));
  CHECK_FALSE(has(empty, "<nav"));
  CHECK_FALSE(has(empty, "<table"));
  SyntheticProfile unheld;
  unheld.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=1 wait_ns=1000 max_wait_ns=1000 blamed_ns=0 name=a");
  unheld.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}}).sample({"waiter", 1, 0x2000, 0, {0x2000}, 1, 1000});
  const std::string page = page_of(unheld);
  CHECK(has(page, "<section id=\"waiters\""));
  CHECK_FALSE(has(page, "id=\"holders\""));
  CHECK_FALSE(has(page, "href=\"#holders\""));
  CHECK(has(page, "<p>No holder seen: the lock was free already"));
  CHECK_FALSE(has(page_of(contended()), "<p>No holder seen: "));
}

TEST_CASE("the page says what is waited for, by whom, because of whom") {
  const std::string page = page_of(contended());
  CHECK(has(page, "Threads waited 4.20 s in total for `accounts`"));
  CHECK(has(page, "<td>accounts</td><td class=\"number\" data-value=\"4200000000\">4.20 s</td>"));
  CHECK(has(page, "<td class=\"places\"><div>Cache&lt;int, char&gt;::get() cache.cpp:41</div></td><td class=\"places\"><div>Ledger::rebuild() ledger.cpp:88</div></td><td>accounts</td>"));
  CHECK(has(page, "9 waits of 1.05 ms to 2.10 ms"));
}

TEST_CASE("names are text in the page, whatever is in them") {
  const std::string page = page_of(contended("</td><script>alert(1)</script>&\"'\x01\xff" + std::string(500, 'x')));
  CHECK_FALSE(has(page, "<script>alert"));
  CHECK(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;"));
  CHECK_FALSE(has(page, "\x01"));
  CHECK_FALSE(has(page, "\xff"));
  check_ids(page);
}

// A name of 500 characters made its row a thousand pixels high.
TEST_CASE("a long name is cut in its cell, and opens to the whole") {
  const std::string name = "begin_" + std::string(300, 'x') + "_end";
  const std::string page = page_of(contended(name));
  CHECK(has(page, "<td class=\"breaks\"><details><summary title=\"" + name + "\">begin_" + std::string(23, 'x') + "..." + std::string(24, 'x') + "_end</summary>" + name + "</details></td>"));
  CHECK_FALSE(has(page_of(contended()), "<summary title"));
}

TEST_CASE("only a cell with a very long word may break within words") {
  const std::string page = page_of(contended("accounts+0xe0"));
  CHECK(has(page, "<td>accounts+0xe0</td>"));
  CHECK(has(page, "td.breaks { overflow-wrap: anywhere;"));
  CHECK(has(page_of(contended(std::string(40, 'x'))), "<td class=\"breaks\">xxx"));
  CHECK_FALSE(has(page_of(contended("a name of many short words is broken between them")), "<td class=\"breaks\">"));
}

TEST_CASE("the table of locks has how long the first holder holds, where that is known") {
  CHECK_FALSE(has(page_of(contended()), "Longest hold"));
  SyntheticProfile profile = contended();
  profile.comment("lockwrap holder lock=1 site=0x3000 holds=100 hold_ns=400000000 max_hold_ns=90000000 looked_ns=0 blocked_ns=0 histogram=22:99,26:1");
  profile.comment("lockwrap lock id=2 kind=mutex contentions=1 wait_ns=5 name=second");
  const std::string page = page_of(profile);
  CHECK(has(page, "<th scope=\"col\" class=\"number\">Longest hold</th>"));
  CHECK(has(page, "<td class=\"number\" data-value=\"4000000\">4.00 ms</td><td class=\"number\" data-value=\"90000000\">90.0 ms</td>"));
  CHECK(has(page, "<td class=\"number\" data-value=\"-1\">not known</td></tr>"));
  CHECK(has(page, "4.00 ms at a time on average, 99 % of its holds at most 8.39 ms, 90.0 ms at most."));
}

// The right label stood at 150 pixels, far from the last of three bars.
TEST_CASE("the labels of a histogram stand at the ends of its bars") {
  const auto ends_of = [](const std::string &page) {
    static const std::regex kLabel("<text x=\"([0-9]+)\" y=\"[0-9]+\" text-anchor=\"end\">"), kBar("<rect x=\"([0-9]+)\" y=\"[0-9]+\" width=\"([0-9]+)\"");
    const std::string picture = page.substr(page.find("<svg class=\"histogram\""));
    std::smatch label, bar;
    REQUIRE(std::regex_search(picture, label, kLabel));
    int end = 0;
    for (std::sregex_iterator match(picture.begin(), picture.end(), kBar), last; match != last; ++match) end = std::max(end, std::stoi((*match)[1]) + std::stoi((*match)[2]));
    return std::pair(end, std::stoi(label[1]));
  };
  for (const char *histogram : {"20:9", "20:9,21:1", "20:9,22:1", "20:9,29:1"}) {
    CAPTURE(histogram);
    SyntheticProfile profile;
    profile.comment(std::string("lockwrap lock id=1 kind=mutex address=0x1000 contentions=10 wait_ns=42000000 max_wait_ns=9000000 histogram=") + histogram + " name=a");
    const auto [bars, label] = ends_of(page_of(profile));
    CHECK(label == bars);
    CHECK(bars > 100);  // both labels have room
  }
}

TEST_CASE("a page of a program in which nothing waited says so, and is short") {
  const std::string page = page_of(SyntheticProfile());
  CHECK(has(page, "No thread had to wait for a lock. That is a good result"));
  CHECK_FALSE(has(page, "<section id=\"locks\""));
  CHECK_FALSE(has(page, "<section id=\"both\""));
  check_ids(page);
}

TEST_CASE("a thousand locks fit into a page, and can be filtered") {
  SyntheticProfile profile = contended();
  for (int id = 2; id <= 1000; ++id) {
    profile.comment("lockwrap lock id=" + std::to_string(id) + " kind=mutex contentions=1 wait_ns=" + std::to_string(id) + " histogram=5:1 name=lock " +
                    std::to_string(id));
  }
  const std::string page = page_of(profile);
  CHECK(has(page, "data-table=\"locks_table\""));
  CHECK(has(page, "<td>lock 1000</td>"));
  CHECK(page.size() < 3'000'000);
  check_ids(page);
}

TEST_CASE("findings stand in the page with their circles") {
  const TemporaryFolder folder;
  write_file(folder / "log",
             "lockwrap: lock-order: `A` and `B` are locked in both orders, by different threads: a deadlock when they meet.\n"
             "  thread w/7 locked `B` while it had `A`\n    then this in <two> [0x2]\n"
             "  thread w/8 locked `A` while it had `B`\n    then this in four [0x5]\n"
             "  to do: lock them in the same order everywhere.\n\n"
             "lockwrap: misuse: thread w/9 unlocks a mutex that it has not.\n");
  const std::string page = page_of(contended(), "--findings " + (folder / "log"));
  CHECK(has(page, "<section id=\"findings\""));
  CHECK(page.find("id=\"findings\"") < page.find("id=\"summary\""));
  CHECK(has(page, "<h3>Finding 1: lock-order</h3>"));
  CHECK(has(page, "<h3>Finding 2: misuse</h3>"));
  CHECK(has(page, "<svg class=\"circle\""));
  CHECK(has(page, "then this in &lt;two&gt; [0x2]"));
  check_ids(page);
}

namespace {

// `lockwrap html` of a profile, with a log.
struct PageWithLog {
  TemporaryFolder folder;
  std::string profile = folder / "a.pb.gz", log = folder / "app.log", out = folder / "out.html";

  CommandResult run(const std::string &options = "") const { return run_lockwrap("html " + profile + " --findings " + log + " -o " + out + " " + options); }
  std::string page(const std::string &options = "") const {
    const CommandResult result = run(options);
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    CHECK(result.errors == "");
    const std::string page = read_file(out);
    check_ids(page);
    return page;
  }
};

}  // namespace

// Every healthy run was refused, and had no page.
TEST_CASE("a log without a finding makes a page that says so") {
  const PageWithLog test;
  contended().write(test.profile);
  for (const char *log : {"the program says something\n", "", "lockwrap: warning: x\n"}) {
    write_file(test.log, log);
    for (const char *options : {"", "--binary " LOCKWRAP_FIXTURE_STATIC}) {
      if (*options != '\0') profile_of(run_fixture(LOCKWRAP_FIXTURE_STATIC, "22aa00000000000000000000000000000000beef")).write(test.profile);
      const std::string page = test.page(options);
      CHECK(has(page, "<p>No findings in " + test.log + ". That is a good result"));
      CHECK(has(page, "<a href=\"#findings\">No findings</a>"));
      CHECK_FALSE(has(page, "Deadlocks and other findings"));
    }
  }
  run_shell("rm " + test.log + " " + test.out);
  const CommandResult missing = test.run();
  CHECK(missing.exit_status == 2);
  CHECK(has(missing.errors, "app.log: cannot be opened (No such file or directory); check the path; with log=FILE in LOCKWRAP_OPTIONS a program makes the file when it has found something, not before"));
  contended().write(test.log);
  CHECK(has(test.run().errors, "app.log: is a profile; findings are in the program's log"));
  CHECK(run_shell("ls " + test.out).exit_status != 0);
}

// "Nothing to do", "a good result" stood below deadlocks.
TEST_CASE("a page with findings but no waits does not say that there is nothing to do") {
  const PageWithLog test;
  SyntheticProfile().write(test.profile);
  write_file(test.log, "lockwrap: misuse: thread w/9 unlocks a mutex that it has not.\n");
  const std::string page = test.page();
  CHECK(has(page, "<h3>Finding 1: misuse</h3>"));
  CHECK(has(page, ">No contention</h2>"));
  CHECK(has(page, "What was found, above, is to be mended all the same."));
  CHECK_FALSE(has(page, "Nothing to do"));
  CHECK_FALSE(has(page, "good result"));
}

// The flames of the same page had names.
TEST_CASE("findings in a page are named by the program of the profile") {
  const PageWithLog test;
  const FixtureFacts facts = run_fixture(LOCKWRAP_FIXTURE_STATIC, "22aa00000000000000000000000000000000beef");
  profile_of(facts).write(test.profile);
  const auto write_log = [&](const std::string &function, const std::string &at) {
    char line[200];
    snprintf(line, sizeof line, "lockwrap: misuse: thread w/9 unlocks `a`, which nobody has locked.\n  misused in %s [0x%llx]\n", function.c_str(),
             static_cast<unsigned long long>(facts.calls.at(at).addresses.front()));
    write_file(test.log, line);
  };
  write_log("rebuild", "rebuild");
  const std::string line = "misused in Ledger::rebuild(int) fixture_program.cpp:" + std::to_string(facts.calls.at("rebuild").line);
  CHECK(has(test.page(), line));
  // Also where the profile has names, so that it needs no program.
  REQUIRE(run_lockwrap("symbolize " + test.profile + " -o " + test.profile).exit_status == 0);
  CHECK(has(test.page(), line));
  // A log of another build stays as it is; only a program that was asked for has to be the right one.
  write_log("count_up", "rebuild");
  const CommandResult other = test.run();
  CHECK(other.exit_status == 0);
  CHECK(has(other.errors, "lockwrap: warning: the findings have addresses instead of lines: " + facts.path + ": is another build than"));
  CHECK(has(read_file(test.out), "misused in count_up [0x"));
  CHECK(test.run("--binary " + facts.path).exit_status == 2);
  // Without addresses no program is wanted.
  contended().write(test.profile);
  write_file(test.log, "lockwrap: misuse: thread w/9 unlocks `a`, which nobody has locked.\n  misused in f() a.cpp:1\n");
  CHECK(has(test.page(), "misused in f() a.cpp:1"));
}

TEST_CASE("the page says how often findings happened again") {
  const PageWithLog test;
  SyntheticProfile().write(test.profile);
  write_file(test.log, "lockwrap: lock-order: `A` and `B` are locked in both orders.\n  thread w/7 locked `B` while it had `A`\n    then this in two [0x2]\n"
                       "lock orders that can become deadlocks: 1 told when it happened, 7 more at the same places\n");
  const CommandResult result = test.run();
  CHECK(result.exit_status == 0);
  CHECK(has(read_file(test.out), "<p>It happened 7 times more at the same places.</p>"));
  CHECK(has(read_file(test.out), "8 times at these places"));
}

TEST_CASE("the summary tells what the profile lacks") {
  SyntheticProfile profile = contended();
  profile.comment("lockwrap dropped samples=2 locks=0 held=1 timeline=4");
  const std::string page = page_of(profile);
  CHECK(has(page, "Dropped: 2 samples. The tables of lockwrap were full; a larger LOCKWRAP_OPTIONS=memory_limit_mb=... keeps them. Also dropped: "
                  "1 locks taken by threads that hold more than lockwrap has a list for, 4 events of threads beyond those that have a timeline."));
}
