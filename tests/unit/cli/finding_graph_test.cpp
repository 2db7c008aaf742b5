// Findings taken apart and drawn.
#include "pictures/finding_graph.h"

#include <doctest/doctest.h>

#include "pictures/finding_reader.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

constexpr char kDeadlock[] =
    "lockwrap: deadlock: thread a/1 waits for `ledger`, held by b/2, which waits to write under `pri`ces`, which is read by a/1.\n"
    "  thread a/1 waits for `ledger`, held by b/2, since 104 ms\n"
    "    waits in transfer(int) bank.cpp:88\n"
    "      from serve bank.cpp:99\n"
    "    holds `pri`ces`, locked in look_up [0x402a94]\n"
    "    holds `log`\n"
    "  thread b/2 waits to write under `pri`ces`, which is read by a/1, since 99.1 ms\n"
    "    waits in update [0x402b00]\n"
    "    holds `ledger`, locked in settle [0x402b22]\n"
    "  to do: take these locks in the same order everywhere.\n"
    "\n";

constexpr char kOrder[] =
    "lockwrap: lock-order: `A` and `B` are locked in both orders, by different threads: a deadlock when they meet.\n"
    "  thread w/7 locked `B` while it had `A`\n"
    "    had locked that in one [0x1]\n"
    "    then this in two [0x2]\n"
    "      from main [0x3]\n"
    "  thread w/8 locked for writing `A` while it had `B` for reading\n"
    "    had locked that in three [0x4]\n"
    "    then this in four [0x5]\n"
    "  to do: lock them in the same order everywhere.\n"
    "\n";

size_t count_of(const std::string &text, const std::string &part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a deadlock is read with its threads, locks and places") {
  const std::vector<Finding> findings = read_findings(std::string("the service says something\n") + kDeadlock + "  and more\n");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].kind == "deadlock");
  CHECK(findings[0].advice == "take these locks in the same order everywhere.");
  REQUIRE(findings[0].steps.size() == 2);
  const FindingStep &first = findings[0].steps[0], &second = findings[0].steps[1];
  CHECK(first.thread == "a/1");
  CHECK(first.verb == "waits for");
  CHECK(first.lock == "ledger");
  CHECK(first.other == "b/2");
  CHECK(first.since == "104 ms");
  CHECK(first.place == "transfer(int) bank.cpp:88");
  CHECK(first.callers == std::vector<std::string>{"serve bank.cpp:99"});
  REQUIRE(first.holds.size() == 2);
  CHECK(first.holds[0].lock == "pri`ces");
  CHECK(first.holds[0].place == "look_up [0x402a94]");
  CHECK(first.holds[1].lock == "log");
  CHECK(second.verb == "waits to write under");
  CHECK(second.lock == "pri`ces");
  CHECK(second.other == "a/1");
}

TEST_CASE("a lock order is read with both places of each thread") {
  const std::vector<Finding> findings = read_findings(kOrder);
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].steps.size() == 2);
  CHECK(findings[0].steps[0].lock == "B");
  CHECK(findings[0].steps[0].other == "A");
  CHECK(findings[0].steps[0].had_place == "one [0x1]");
  CHECK(findings[0].steps[0].place == "two [0x2]");
  CHECK(findings[0].steps[1].verb == "locked for writing");
  CHECK(findings[0].steps[1].other == "B");
}

TEST_CASE("waits for threads are read, too") {
  const std::vector<Finding> findings = read_findings(
      "lockwrap: deadlock: threads.\n"
      "  thread a/1 waits for the end of b/2, since 1.00 s\n"
      "    waits in stop [0x1]\n"
      "  thread b/2 waits for the initialiser of `once at 0x10`, which runs in a/1, since 1.00 s\n");
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].steps.size() == 2);
  CHECK(findings[0].steps[0].other == "b/2");
  CHECK(findings[0].steps[0].lock == "");
  CHECK(findings[0].steps[1].lock == "once at 0x10");
  CHECK(count_of(finding_as_dot(findings[0], 1), "class=\"cycle\"") == 3);
}

TEST_CASE("text that is cut anywhere, or is none of lockwrap's, is passed over") {
  const std::string whole = std::string(kDeadlock) + kOrder;
  for (size_t length = 0; length <= whole.size(); ++length) {
    for (const Finding &finding : read_findings(std::string_view(whole).substr(0, length))) {
      if (has_graph(finding)) CHECK_FALSE(finding_as_dot(finding, 1).empty());
    }
  }
  CHECK(read_findings("lockwrap: the profile was not written\nlockwrap: deadlocked: no\n").empty());
  CHECK(read_findings("lockwrap: stuck: thread a/1 has waited 5 s\n  thread a/1 waits\n    and is in `x\n").size() == 1);
}

TEST_CASE("a circle of waits goes through all of its threads and locks, other locks stay outside") {
  const std::string dot = finding_as_dot(read_findings(kDeadlock)[0], 3);
  CHECK(dot.find("digraph finding3 {") == 0);
  for (const char *arrow : {"\"thread a/1\" -> \"lock ledger\"", "\"lock ledger\" -> \"thread b/2\"", "\"thread b/2\" -> \"lock pri`ces\"",
                            "\"lock pri`ces\" -> \"thread a/1\""}) {
    CAPTURE(arrow);
    CHECK(count_of(dot, arrow) == 1);
  }
  CHECK(count_of(dot, "class=\"cycle\"") == 4);
  CHECK(count_of(dot, "class=\"other\"") == 1);
  CHECK(dot.find("transfer(") != std::string::npos);
  CHECK(dot.find("since 104 ms") != std::string::npos);
}

TEST_CASE("names that mean something to Graphviz are only names") {
  const std::string dot = finding_as_dot(read_findings("lockwrap: lock-order: x.\n  thread w/1 locked `a\"]; evil [` while it had `b\\`\n")[0], 1);
  CHECK(dot.find("\"lock a\\\"]; evil [\"") != std::string::npos);
  CHECK(dot.find("\"lock b\\\\\"") != std::string::npos);
}

TEST_CASE("the graph command draws all circles of a log, or one") {
  const TemporaryFolder folder;
  const std::string log = folder / "service.log";
  write_file(log, std::string(kDeadlock) + "noise\n" + kOrder);
  const CommandResult all = run_lockwrap("graph " + log);
  REQUIRE_MESSAGE(all.exit_status == 0, all.errors);
  CHECK(count_of(all.output, "<svg") == 3);  // one around two
  CHECK(count_of(all.output, "</svg>") == 3);
  CHECK(all.output.find("prefers-color-scheme: dark") != std::string::npos);
  write_file(folder / "all.svg", all.output);
  const CommandResult checked = run_shell("xmllint --noout " + (folder / "all.svg"));
  CHECK_MESSAGE(checked.exit_status == 0, checked.errors);
  const CommandResult second = run_lockwrap("graph " + log + " --only 2 --dot");
  CHECK(second.exit_status == 0);
  CHECK(second.output.find("lock-order") != std::string::npos);
  CHECK(second.output.find("ledger") == std::string::npos);
}

TEST_CASE("the graph command says what is wrong with its file") {
  const TemporaryFolder folder;
  SyntheticProfile().write(folder / "a.pb.gz");
  write_file(folder / "other.log", "nothing of lockwrap\n");
  write_file(folder / "one.log", kOrder);
  const auto errors_of = [&](const std::string &arguments) {
    const CommandResult result = run_lockwrap("graph " + arguments + " -o " + (folder / "out.svg"));
    CHECK(result.exit_status == 2);
    CHECK(run_shell("ls " + (folder / "out.svg")).exit_status != 0);
    return result.errors;
  };
  CHECK(errors_of(folder / "a.pb.gz").find("a.pb.gz: is a profile; findings are in the program's log") != std::string::npos);
  CHECK(errors_of(folder / "other.log").find("other.log: has no finding, which is a good result if it is the right file") != std::string::npos);
  write_file(folder / "stuck.log", "lockwrap: stuck: x.\nlockwrap: stuck: y.\nlockwrap: misuse: z.\n");
  CHECK(errors_of(folder / "stuck.log").find("has no circle to draw (a deadlock or a lock order); it has 1 misuse, 2 stuck, which") != std::string::npos);
  CHECK(errors_of((folder / "one.log") + " --only 2").find("has only 1 finding with a graph") != std::string::npos);
  CHECK(errors_of((folder / "one.log") + " --only 0") == "lockwrap: --only: '0' is no whole number from 1 on; see `lockwrap graph --help`\n");
  CHECK(errors_of(folder / "none.log").find("with log=FILE in LOCKWRAP_OPTIONS a program makes the file when it has found something") != std::string::npos);
  CHECK(run_shell("PATH=/nowhere " LOCKWRAP_COMMAND " graph " + (folder / "one.log")).errors.find("dot is not installed; install Graphviz") != std::string::npos);
}

// It was refused with "has no finding that is a circle".
TEST_CASE("a thread that waits for itself is a circle of one thread and one lock") {
  const std::vector<Finding> findings = read_findings(
      "lockwrap: deadlock: thread w-2/18 locks `acc`ounts`, which it has already. This is a deadlock: it waits for itself.\n"
      "  locked in transfer [0x1]\n    from main [0x9]\n  waits in deposit [0x2]\n    from run [0x3]\n  to do: release it first.\n\n"
      "lockwrap: deadlock: thread w/5 wants to write under `t`, which it has for reading. This is a deadlock: it waits for itself.\n"
      "  locked for reading in look [0x1]\n  waits in put bank.cpp:7\n"
      "lockwrap: deadlock: thread w/5 waits for `t`, which thread v/6 had locked when it ended. This is a deadlock: nobody will release it.\n"
      "lockwrap: deadlock: thread w/5 waits for `t`, which thread v/6 of the parent process had locked at the fork. This is a deadlock: nobody.\n");
  REQUIRE(findings.size() == 4);
  for (const Finding &finding : findings) REQUIRE(finding.steps.size() == 1);
  const FindingStep &step = findings[0].steps[0];
  CHECK(step.thread == "w-2/18");
  CHECK(step.other == "w-2/18");
  CHECK(step.lock == "acc`ounts");
  CHECK(step.holder_place == "transfer [0x1]");
  CHECK(step.place == "deposit [0x2]");
  CHECK(step.callers == std::vector<std::string>{"run [0x3]"});
  const std::string dot = finding_as_dot(findings[0], 1);
  CHECK(count_of(dot, "\"thread w-2/18\" -> \"lock acc`ounts\"") == 1);
  CHECK(count_of(dot, "\"lock acc`ounts\" -> \"thread w-2/18\"") == 1);
  CHECK(dot.find("transfer") != std::string::npos);
  CHECK(findings[1].steps[0].verb == "waits to write under");
  CHECK(findings[1].steps[0].holder_place == "look [0x1]");
  CHECK(findings[2].steps[0].other == "v/6, which has ended");
  CHECK(findings[3].steps[0].other == "v/6 of the parent process");
  const TemporaryFolder folder;
  write_file(folder / "log", findings[0].text);
  CHECK(run_lockwrap("graph " + (folder / "log")).exit_status == 0);
}

// The report at the program's end counts what happened again; no arrow said so.
TEST_CASE("what happened again at the same places is counted where it is known of which finding") {
  const std::string noise = "lockwrap: contention of a (pid 1) in 5 s\nno thread has waited for a lock: a good result\n";
  const std::string deadlocks = "deadlocks: 1 told when it happened, 50 more at the same places\n";
  const std::string orders = "lock orders that can become deadlocks: 2 told when it happened, 98 more at the same places\n";
  std::vector<Finding> findings = read_findings(std::string(kDeadlock) + kOrder + kOrder + noise + deadlocks + orders + kDeadlock);
  REQUIRE(findings.size() == 4);
  const std::string dot = finding_as_dot(findings[0], 1);
  CHECK(count_of(dot, "51 times at these places") == 2);
  CHECK(dot.find("It happened 50 times more at the same places.") != std::string::npos);
  const std::string order = finding_as_dot(findings[1], 1);
  CHECK(order.find("times at these places") == std::string::npos);
  CHECK(order.find("The 2 findings of this kind happened 98 times more at the same places, all together.") != std::string::npos);
  CHECK(untold_text(findings[3]) == "");  // of a run whose end is not in the log
  findings = read_findings(kOrder + std::string("x[1]: ") + "lock orders that can become deadlocks: 1 told when it happened, 1 more at the same places\n");
  CHECK(count_of(finding_as_dot(findings[0], 1), "2 times at these places") == 2);
  // Of another number of findings, so not of these; of nothing; no number.
  for (const char *line : {"deadlocks: 2 told when it happened, 50 more at the same places\n", "deadlocks: 1 told when it happened\n", "deadlocks: x told when it happened, 5 more\n"}) {
    CHECK(untold_text(read_findings(std::string(kDeadlock) + line)[0]) == "");
  }
}

// journalctl, docker logs -t and docker compose logs were refused.
TEST_CASE("a log with a prefix on each line gives the same picture, as does one of another system") {
  const std::string log = std::string(kDeadlock) + kOrder + "deadlocks: 1 told when it happened, 50 more at the same places\n";
  std::string prefixed = "Nov 26 01:00:00 host app[17]: the program says something\n", carriage;
  size_t second = 10;
  for (size_t at = 0, end; (end = log.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string line = log.substr(at, end - at);
    prefixed += "Nov 26 01:00:" + std::to_string(second++) + " host app[17]: " + line + "\n";
    prefixed += "Nov 26 01:00:" + std::to_string(second) + " host cron[9]:     waits in another [0x7]\n";
    carriage += line + "\r\n";
  }
  const TemporaryFolder folder;
  write_file(folder / "log", log);
  write_file(folder / "prefixed", prefixed);
  write_file(folder / "carriage", carriage);
  write_file(folder / "log.gz", gzip(log));
  const std::string plain = run_lockwrap("graph --dot " + (folder / "log")).output;
  CHECK(count_of(plain, "digraph") == 2);
  for (const char *name : {"prefixed", "carriage", "log.gz"}) {
    CAPTURE(name);
    CHECK(run_lockwrap("graph --dot " + (folder / name)).output == plain);
  }
}
