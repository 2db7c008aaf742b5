// The table of findings: small programs, what must be told of each, and what they share: threads that take turns, threads that lock up.
// Threads are put in order by atomics, which no detector takes for an order between locks.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

#include "../scenario.h"

// What must be told of a program: one finding of this kind, or nothing.
enum class Expect { kDeadlock, kLockOrder, kStuck, kMisuse, kHeldInCall, kSilent };

struct Case {
  const char* name;
  void (*run)();
  Expect expect;
  const char* what;
};
#define CASE(name, expect, what) {#name, name, expect, what}

std::span<const Case> mutex_deadlocks();
std::span<const Case> other_deadlocks();
std::span<const Case> orders();
std::span<const Case> orders_of_modes();
std::span<const Case> silent_orders();
std::span<const Case> silent_tries();
std::span<const Case> silent_waits();
std::span<const Case> silent_lives();
std::span<const Case> lock_ups();
std::span<const Case> misuses();
std::span<const Case> calls_with_locks();
std::span<const Case> mended();

using Work = std::function<void()>;

// All threads are there before the first begins, and none ends before the last is done: nothing but the turn orders them.
void in_turn(std::initializer_list<Work> works);

// Each thread is joined before the next one is created.
void one_after_the_other(std::initializer_list<Work> works);

// All threads work at the same time, `copies` of each.
void together(std::initializer_list<Work> works, int copies = 1);

// Where threads wait for each other without any call that a detector could see.
class Meeting {
 public:
  explicit Meeting(int expected) : missing_(expected) {}
  void attend() {
    --missing_;
    wait_for_all();
  }
  void wait_for_all() const {
    while (missing_ > 0) sched_yield();
  }

 private:
  std::atomic<int> missing_;
};

// A thread that must never come out of `work`: the program fails if it does.
void lock_up(Work work);

// A thread that has done `work` and stays, asleep. Returns when the work is done.
void leave_behind(Work work);

// Prints `hanging`, waits until the finding of this program has been told, at most LOCKWRAP_FINDINGS_SECONDS (default 3), prints how long
// that took, and ends the process with 0: locked-up threads are left behind.
[[noreturn]] void leave_hanging();

// Each thread has its `hold` before any of them begins its `want`, of which none ever returns.
struct Party {
  Work hold;
  Work want;
};
[[noreturn]] void lock_up_in_circle(std::vector<Party> parties);

// Ends the program as skipped.
[[noreturn]] void cannot_be_here(const char* reason);

// In a forked child, whose status must be 0; it dies with its parent.
void in_child(const Work& work);

template <class First, class Second>
NOINLINE void take_both(First& first, Second& second) {
  const std::lock_guard outer(first);
  const std::lock_guard inner(second);
}

// Both directions at once, for good.
template <class First, class Second>
[[noreturn]] void cross(First& first, Second& second) {
  lock_up_in_circle({{[&] { first.lock(); }, [&] { second.lock(); }}, {[&] { second.lock(); }, [&] { first.lock(); }}});
}

// Both directions, in turn.
template <class First, class Second>
void take_both_ways(First& first, Second& second) {
  in_turn({[&] { take_both(first, second); }, [&] { take_both(second, first); }});
}
