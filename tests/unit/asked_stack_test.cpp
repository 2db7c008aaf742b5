// Asking a thread for its stack when its answer comes late. One such answer was never taken away, and no thread was asked again.
// The walk of the stack is this file's own, so that the answer takes as long as the test wants.
#include "runtime/stack/asked_stack.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/stack/machine.h"
#include "runtime/stack/walk.h"

using namespace lockwrap::stack;

namespace {
std::atomic<bool> has_begun, may_answer;
}

size_t lockwrap::stack::capture_interrupted(const Registers&, uintptr_t* frames, size_t) {
  has_begun = true;
  while (!may_answer) sched_yield();
  frames[0] = 42;
  return 1;
}

TEST_CASE("a thread whose answer came too late can be asked again") {
  REQUIRE(take_stack_signal());
  std::atomic<uint32_t> id{0};
  std::atomic<bool> ends{false};
  std::thread asked([&] {
    id = static_cast<uint32_t>(syscall(SYS_gettid));
    while (!ends) sched_yield();
  });
  while (!id) sched_yield();
  AskedStack stack;
  while (!has_begun) CHECK(ask_stack(id, stack) == Answer::kNoAnswer);
  CHECK(ask_stack(id, stack) == Answer::kOff);  // the first answer is still being written
  may_answer = true;
  Answer answer = Answer::kOff;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);  // how long a late answer may take; no time is a result
  while (answer != Answer::kGiven && std::chrono::steady_clock::now() < patience) {
    sched_yield();
    answer = ask_stack(id, stack);
  }
  CHECK(answer == Answer::kGiven);
  CHECK(stack.count == 1);
  CHECK(stack.frames[0] == 42);
  ends = true;
  asked.join();
}
