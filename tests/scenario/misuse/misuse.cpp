// Misuses of locks, each by its name, and its correct twin, `NAME_right`, which does nearly the same. A thread that is locked up for good
// is left behind. Run without arguments it prints the names.
#include "misuse.h"

std::mutex accounts;
pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t other_table = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

// Not as their last call, which would leave no frame of theirs.
NOINLINE void begin_transfer() {
  accounts.lock();
  asm volatile("");
}
NOINLINE void enter_account() {
  if (!accounts.try_lock()) accounts.lock();
  asm volatile("");
}
NOINLINE void end_transfer() {
  accounts.unlock();
  asm volatile("");
}
NOINLINE void lock_table() { CHECK(pthread_mutex_lock(&table) == 0); }
NOINLINE void unlock_table() { CHECK(pthread_mutex_unlock(&table) == 0); }
NOINLINE void make_table() { CHECK(pthread_mutex_init(&table, nullptr) == 0); }
NOINLINE int destroy_table() {
  const int result = pthread_mutex_destroy(&table);
  asm volatile("");
  return result;
}
NOINLINE void wait_for_change() { CHECK(pthread_cond_wait(&changed, &table) == 0); }
NOINLINE void wait_for_change_of_other() { CHECK(pthread_cond_wait(&changed, &other_table) == 0); }
NOINLINE void become(const char* program) { CHECK(execl(this_program(), program, static_cast<char*>(nullptr)) == 0); }
const char* this_program() {
  return getenv("LOCKWRAP_TEST_EMULATOR") ? "/bin/true" : "/proc/self/exe";  // the kernel does not execute a program of another processor
}

std::atomic<bool> is_told;

int main(int argument_count, char** arguments) {
  lockwrap_set_finding_handler([](const char*, const char*, void*) { is_told = true; }, nullptr);
  if (!strcmp(arguments[0], "done")) return 0;
  for (const auto cases : {lock_cases(), end_cases(), condition_cases()}) {
    for (const Case& one : cases) {
      if (argument_count < 2) printf("%s\n", one.name);
      else if (!strcmp(one.name, arguments[1])) one.run(), fflush(stdout), _exit(0);
    }
  }
  return argument_count > 1;
}
