// stacks: a thread waits for `accounts` until its holder is told as stuck, and with it, by options, the holder's stacks: of the acquisition
// (hold_stacks) and the present one (stuck_signal). `stacks HOW`: the holder computes; sleeps; reads a pipe, and counts how often a
// signal ended that; blocks all signals; computes until it is told for the third time (again); or the program has a handler for every real-time signal (taken: since its start).
#include <signal.h>
#include <string.h>

#include "../scenario.h"

static std::mutex accounts;
static std::atomic<bool> is_told;
static int pipe_ends[2];

static std::atomic<int> untold = 1;
static void end_when_told(const char*, const char*, void*) {
  if (--untold == 0) is_told = true;
}

NOINLINE static void transfer() { const std::lock_guard guard(accounts); }

NOINLINE static void add_interest() {
  while (!is_told) asm volatile("");
}
NOINLINE static void wait_for_disk() {
  while (!is_told) pass_ms(1);
}
NOINLINE static void wait_for_reply() {
  char reply;
  int interrupted = 0;
  for (;;) {
    const ssize_t got = read(pipe_ends[0], &reply, 1);
    if (got == 1) break;
    CHECK(got == -1 && errno == EINTR);
    ++interrupted;
  }
  printf("interrupted=%d\n", interrupted);
}

NOINLINE static void close_books(void (*work)()) {
  accounts.lock();
  {
    const WaitingThread waiter([] { transfer(); });
    std::thread reply([] {
      while (!is_told) pass_ms(1);
      CHECK(write(pipe_ends[1], "", 1) == 1);
    });
    work();
    accounts.unlock();
    reply.join();
  }
}

static void on_own_signal(int) {}

static void take_all_signals() {
  struct sigaction action = {};
  action.sa_handler = on_own_signal;
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) CHECK(sigaction(number, &action, nullptr) == 0);
}

// Asked for before lockwrap chooses its signal. qemu's emulation of user programs accepts the two highest signals and never delivers them: it
// has to take another one.
extern "C" const char* lockwrap_default_options() {
  if (getenv("LOCKWRAP_TEST_EMULATOR")) {
    for (int number = SIGRTMAX - 1; number <= SIGRTMAX; ++number) signal(number, SIG_IGN);
  }
  return "";
}

int main(int, char** arguments) {
  const char* how = arguments[1];
  CHECK(pipe(pipe_ends) == 0);
  CHECK(lockwrap_set_finding_handler(end_when_told, nullptr) == 0);
  if (strcmp(how, "taken") == 0) take_all_signals();
  if (strcmp(how, "again") == 0) untold = 3;
  if (strcmp(how, "blocked") == 0) {
    sigset_t all;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, nullptr) == 0);
  }
  close_books(strcmp(how, "sleeps") == 0 ? wait_for_disk : strcmp(how, "reads") == 0 ? wait_for_reply : add_interest);
  puts("went on");
}
