// The findings in a program's log, taken apart: who waits for what, who has it, where. The text is written by runtime/report (cycle_text.cpp,
// order_text.cpp, stuck_text.cpp, finding_text.cpp, text_report.cpp); places may have been named by `lockwrap symbolize`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockwrap::cli {

struct HeldLock {
  std::string lock;
  std::string place;  // where it was locked; "" when not told
};

// One thread in a finding.
struct FindingStep {
  std::string thread;  // "worker-3/4711"
  std::string verb;    // "waits for", "waits to read under", "waits for the end of", "locked", "locked for reading", ...
  std::string lock;    // what the verb is about; "" of a wait for a thread
  std::string other;   // deadlock: the thread that has the lock, or whose end is waited for; lock-order: the lock that was had meanwhile
  std::string since;   // "104 ms"; "" when not told
  std::string place;   // where it waits, or locked
  std::string had_place;  // lock-order: where the other lock was taken
  std::string holder_place;  // of a deadlock of one thread: where the lock was taken
  std::vector<std::string> callers;  // of `place`, innermost first
  std::vector<HeldLock> holds;
};

struct Finding {
  std::string kind;      // "deadlock", "lock-order", "stuck", "misuse", "held-in-call"
  std::string headline;  // without "lockwrap: KIND: "
  std::string advice;    // without "to do: "
  std::vector<FindingStep> steps;  // of deadlocks and lock orders; of the other kinds empty
  bool is_of_one_thread = false;   // a deadlock without a circle of others: it has the lock itself, or nobody will release it
  std::string text;      // all its lines
  // How often the same happened again, which the report at the program's end counts for all findings of a kind together.
  struct Untold {
    size_t times = 0;
    size_t findings = 0;  // that this is the sum of: 1, it is this one's; 0, it is not known
  };
  Untold untold;
};

// In the order in which they stand in the text. What is no finding is passed over; a line that is not understood is in `text` alone.
std::vector<Finding> read_findings(std::string_view text);

}  // namespace lockwrap::cli
