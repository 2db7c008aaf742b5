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

// One question at a time: whom, in the upper bits, and how far it is. Whoever moves it on to kAnswering writes the answer, or withdraws
// the question. Whoever asked and has no more patience while the answer is written leaves kAbandoned: then the writer ends it.
enum State : uint32_t { kNone, kAsked, kAnswering, kAnswered };
constexpr uint32_t kStateBits = 2;
constexpr uint32_t in_state(uint32_t thread_id, State state) { return thread_id << kStateBits | state; }  // ids have 22 bits at most
constexpr uint32_t kAbandoned = in_state(0, kAnswering);
constinit std::atomic<uint32_t> question;
constinit AskedStack answer{};
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
  return {static_cast<uintptr_t>(context.pc), static_cast<uintptr_t>(context.sp), static_cast<uintptr_t>(context.regs[29]),
          static_cast<uintptr_t>(context.regs[30])};
#elif defined(__arm__)
  return {context.arm_pc, context.arm_sp, context.arm_fp};
#elif defined(__riscv)
  const auto at = [&](int number) { return static_cast<uintptr_t>(context.__gregs[number]); };
  return {at(REG_PC), at(REG_SP), at(REG_S0), at(REG_RA)};
#else
  (void)context;
  return {};
#endif
}

void on_stack_signal(int, siginfo_t*, void* interrupted) {
  const int saved_errno = errno;
  const auto own_id = static_cast<uint32_t>(syscall(SYS_gettid));
  uint32_t expected = in_state(own_id, kAsked);  // one that was withdrawn may still be on its way to a thread
  if (question.compare_exchange_strong(expected, in_state(own_id, kAnswering), std::memory_order_acquire)) {
    answer.count = capture_interrupted(registers_of(interrupted), answer.frames, AskedStack::kFrames);
    expected = in_state(own_id, kAnswering);  // pairs with ask_stack
    if (!question.compare_exchange_strong(expected, in_state(own_id, kAnswered), std::memory_order_release)) question.store(kNone, std::memory_order_release);
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

int stack_signal_number() { return is_ours(stack_signal) ? stack_signal : 0; }

void forget_question() { question.store(kNone, std::memory_order_relaxed); }

Answer ask_stack(uint32_t thread_id, AskedStack& stack) {
  const int saved_errno = errno;
  stack.count = 0;
  uint32_t expected = kNone;
  const int number = stack_signal_number();
  if (!number || !question.compare_exchange_strong(expected, in_state(thread_id, kAsked), std::memory_order_acquire)) {
    errno = saved_errno;
    return Answer::kOff;
  }
  const uint64_t until_ns = base::monotonic_ns() + kPatienceNs;
  const auto is_answered = [&] { return question.load(std::memory_order_acquire) == in_state(thread_id, kAnswered); };
  const bool is_sent = syscall(SYS_tgkill, getpid(), thread_id, number) == 0;
  while (is_sent && !is_answered() && base::monotonic_ns() < until_ns) syscall(SYS_sched_yield);
  expected = in_state(thread_id, kAsked);
  if (!question.compare_exchange_strong(expected, kNone, std::memory_order_relaxed)) {
    expected = in_state(thread_id, kAnswering);
    question.compare_exchange_strong(expected, kAbandoned, std::memory_order_relaxed);
  }
  if (is_answered()) {
    stack = answer;
    question.store(kNone, std::memory_order_release);
  }
  errno = saved_errno;
  return stack.count ? Answer::kGiven : Answer::kNoAnswer;
}

}  // namespace lockwrap::stack
