#include "runtime/stack/asked_stack.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>

#include "runtime/base/clock.h"
#include "runtime/stack/machine.h"
#include "runtime/stack/walk.h"

namespace lockwrap::stack {

namespace {

constexpr uint64_t kPatienceNs = 50'000'000;  // a thread that is not stopped and gets a processor answers within microseconds

// One question at a time. Whoever moves it on to kAnswering writes the answer, or withdraws the question.
enum State : uint32_t { kNone, kAsked, kAnswering, kAnswered };
struct Question {
  std::atomic<uint32_t> state;
  uint32_t thread_id;
  AskedStack answer;
};
constinit Question question{};
constinit int stack_signal;

Registers registers_of(const void* interrupted) {
  const mcontext_t& context = static_cast<const ucontext_t*>(interrupted)->uc_mcontext;
#if defined(__x86_64__)
  const auto at = [&](int number) { return static_cast<uintptr_t>(context.gregs[number]); };
  return {at(REG_RIP), at(REG_RSP), at(REG_RBP)};
#elif defined(__i386__)
  const auto at = [&](int number) { return static_cast<uintptr_t>(context.gregs[number]); };
  return {at(REG_EIP), at(REG_ESP), at(REG_EBP)};
#elif defined(__aarch64__)
  return {static_cast<uintptr_t>(context.pc), static_cast<uintptr_t>(context.sp), static_cast<uintptr_t>(context.regs[29])};
#elif defined(__arm__)
  return {context.arm_pc, context.arm_sp, context.arm_fp};
#else
  (void)context;
  return {};
#endif
}

void on_stack_signal(int, siginfo_t*, void* interrupted) {
  const int saved_errno = errno;
  uint32_t expected = kAsked;
  // A question that was withdrawn may still be on its way to a thread.
  if (question.state.load(std::memory_order_acquire) == kAsked && question.thread_id == static_cast<uint32_t>(syscall(SYS_gettid)) &&
      question.state.compare_exchange_strong(expected, kAnswering, std::memory_order_acquire)) {
    question.answer.count = capture_interrupted(registers_of(interrupted), question.answer.frames, AskedStack::kFrames);
    question.state.store(kAnswered, std::memory_order_release);  // pairs with ask_stack
  }
  errno = saved_errno;
}

bool has_handler(int number) {
  struct sigaction action;
  return sigaction(number, nullptr, &action) != 0 || action.sa_flags & SA_SIGINFO || action.sa_handler != SIG_DFL;
}

bool is_ours(int number) {
  struct sigaction action;
  return number && sigaction(number, nullptr, &action) == 0 && action.sa_flags & SA_SIGINFO && action.sa_sigaction == on_stack_signal;
}

}  // namespace

bool take_stack_signal() {
  for (int number = SIGRTMAX; number >= SIGRTMIN; --number) {
    if (has_handler(number)) continue;
    struct sigaction action = {};
    action.sa_sigaction = on_stack_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, nullptr) != 0) continue;
    stack_signal = number;
    return true;
  }
  return false;
}

Answer ask_stack(uint32_t thread_id, AskedStack& stack) {
  const int saved_errno = errno;
  stack.count = 0;
  uint32_t expected = kNone;
  if (!is_ours(stack_signal) || !question.state.compare_exchange_strong(expected, kAnswering, std::memory_order_acquire)) {
    errno = saved_errno;
    return Answer::kOff;
  }
  question.thread_id = thread_id;
  question.state.store(kAsked, std::memory_order_release);
  const uint64_t until_ns = base::monotonic_ns() + kPatienceNs;
  bool goes_on = syscall(SYS_tgkill, getpid(), thread_id, stack_signal) == 0;
  while (goes_on && question.state.load(std::memory_order_acquire) != kAnswered && base::monotonic_ns() < until_ns) syscall(SYS_sched_yield);
  expected = kAsked;
  if (!question.state.compare_exchange_strong(expected, kNone, std::memory_order_relaxed)) {
    while (question.state.load(std::memory_order_acquire) != kAnswered) syscall(SYS_sched_yield);  // it has begun to answer
    stack = question.answer;
    question.state.store(kNone, std::memory_order_release);
  }
  errno = saved_errno;
  return stack.count ? Answer::kGiven : Answer::kNoAnswer;
}

}  // namespace lockwrap::stack
