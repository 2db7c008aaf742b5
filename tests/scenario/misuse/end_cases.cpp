// Locks that outlive their owner: a thread that ends, a process that forks or becomes another program.
#include <spawn.h>

#include "misuse.h"

namespace {

void thread_end() {
  elsewhere([] { lock_table(); });
  leave_behind([] { lock_table(); });
  wait_until_told();
}
void thread_end_right() {
  pthread_key_t key;  // released by the thread's last act
  CHECK(pthread_key_create(&key, [](void*) { unlock_table(); }) == 0);
  for (int i = 0; i < 3; ++i) {
    elsewhere([=] {
      lock_table();
      CHECK(pthread_setspecific(key, &table) == 0);
    });
  }
  lock_table();
  {
    const WaitingThread waiter([] { lock_table(), unlock_table(); });
    pass_ms(400);
    unlock_table();
  }
  if (!deaths_of_owners_are_told()) return;
  pthread_mutexattr_t robust;
  CHECK(pthread_mutexattr_init(&robust) == 0 && pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST) == 0);
  CHECK(pthread_mutex_init(&other_table, &robust) == 0);
  elsewhere([] { CHECK(pthread_mutex_lock(&other_table) == 0); });
  CHECK(pthread_mutex_lock(&other_table) == EOWNERDEAD && pthread_mutex_consistent(&other_table) == 0);
  CHECK(pthread_mutex_unlock(&other_table) == 0);
}

// By a thread that has ended. The kernel lets it be joined a moment before it is gone.
void leave_locked() {
  static pid_t locker;
  elsewhere([] { locker = thread_id(), lock_table(); });
  while (syscall(SYS_tgkill, getpid(), locker, 0) == 0) sched_yield();
}

// Nobody waits for the lock. The main thread ends, which is no misuse.
void held_at_end() {
  leave_locked();
  begin_transfer();
  exit(0);
}
void held_at_end_right() {
  lock_table();
  for (int i = 0; i < 100; ++i) {
    elsewhere([] {
      begin_transfer();
      end_transfer();
      pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;  // its memory is another thread's later
      CHECK(pthread_mutex_lock(&own) == 0 && pthread_mutex_unlock(&own) == 0);
    });
  }
  exit(0);
}
// Told when another thread needs the record of the one that has ended.
void held_by_many_ended() {
  for (int i = 0; i < 200; ++i) {
    leave_locked();
    CHECK(pthread_mutex_init(&table, nullptr) == 0);
    elsewhere([] { begin_transfer(), end_transfer(); });
  }
  elsewhere([] { lock_table(); });
  for (int i = 0; i < 200; ++i) leave_behind([] { begin_transfer(), end_transfer(); });
}
void held_by_many_ended_right() {
  for (int i = 0; i < 200; ++i) leave_behind([] { begin_transfer(), end_transfer(); });
}

void exec_held() {
  lock_table();
  become("done");
}
void exec_held_right() {
  lock_table();
  in_child([] { become("done"); });  // what the parent holds is not the child's
  const pid_t child = vfork();
  if (child == 0) {
    execl(this_program(), "done", static_cast<char*>(nullptr));
    _exit(1);
  }
  CHECK(waitpid(child, nullptr, 0) == child);
  char name[] = "done";
  char* arguments[] = {name, nullptr};
  pid_t spawned;
  CHECK(posix_spawn(&spawned, this_program(), nullptr, nullptr, arguments, environ) == 0);
  CHECK(waitpid(spawned, nullptr, 0) == spawned);
  unlock_table();
  become("done");
}

void fork_held() {
  leave_behind([] { lock_table(); });
  in_child([] {
    leave_behind([] { lock_table(); });
    wait_until_told();
  });
}
void fork_held_right() {
  CHECK(pthread_atfork([] { lock_table(); }, [] { unlock_table(); }, [] { unlock_table(); }) == 0);
  leave_behind([] {
    begin_transfer();  // held by another thread at the fork, and of no interest to the child
  });
  in_child([] {
    lock_table();
    unlock_table();
    CHECK(!accounts.try_lock());
  });
  CHECK(pthread_mutex_lock(&other_table) == 0);
  in_child([] {  // the child's only thread is the one that took it
    CHECK(pthread_mutex_unlock(&other_table) == 0);
    CHECK(pthread_mutex_lock(&other_table) == 0 && pthread_mutex_unlock(&other_table) == 0);
  });
  in_child([] { CHECK(pthread_mutex_init(&other_table, nullptr) == 0); });  // as jemalloc does it
  in_child([] { CHECK(pthread_mutex_destroy(&other_table) == EBUSY); });
}

// Not a misuse: a process that was forked by a bare system call, in which libc takes its first thread for one of the parent.
void bare_fork_right() {
  const long child = syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  CHECK(child >= 0);
  if (child == 0) {
    lock_table();
    {
      const WaitingThread waiter([] { lock_table(), unlock_table(); });
      pass_ms(400);  // for long enough to be looked at
      unlock_table();
    }
    _exit(0);
  }
  int status;
  CHECK(waitpid(static_cast<pid_t>(child), &status, 0) == child && status == 0);
}

// The finding is written in a thread that is to be cancelled at its next cancellation point.
void cancelled() {
  std::atomic<bool> survived{false};
  elsewhere([&] {
    pthread_cancel(pthread_self());
    unlock_table();
    survived = true;
    pthread_testcancel();
    survived = false;
  });
  printf("survived=%d\n", survived.load());
}

constexpr Case kCases[] = {
    CASE(thread_end), CASE(held_at_end), CASE(held_by_many_ended), CASE(exec_held), CASE(fork_held), {"bare_fork_right", bare_fork_right}, {"cancelled_right", cancelled},
};

}  // namespace

std::span<const Case> end_cases() { return kCases; }
