// Locks at the edges of a life: threads that end, processes that fork and exit, memory that is given back, owners that die and are replaced.
#include <spawn.h>
#include <sys/mman.h>

#include <memory>

#include "locks.h"

namespace {

std::mutex accounts, journal, arena;

// As jemalloc does it: all locks before the fork, the child makes them anew.
void fork_handlers() {
  static PthreadMutex bins[8];
  CHECK(pthread_atfork([] { for (PthreadMutex& bin : bins) bin.lock(); },
                       [] { for (PthreadMutex& bin : bins) bin.unlock(); },
                       [] { for (PthreadMutex& bin : bins) CHECK(pthread_mutex_init(bin.get(), nullptr) == 0); }) == 0);
  std::atomic<bool> stop = false;
  std::thread user([&] {
    while (!stop) {
      for (PthreadMutex& bin : bins) bin.lock(), bin.unlock();
    }
  });
  for (int i = 0; i < 20; ++i) {
    in_child([] {
      for (PthreadMutex& bin : bins) bin.lock();
      for (PthreadMutex& bin : bins) bin.unlock();
    });
  }
  stop = true;
  user.join();
}

// The child has a copy of a lock that nobody in it will release, and leaves it alone.
void held_by_other_at_fork() {
  leave_behind([] { accounts.lock(); });
  in_child([] {
    CHECK(!accounts.try_lock());
    take_both(journal, arena);
    pass_ms(250);
  });
}

// Both processes use the same two locks, one process after the other.
void between_processes() {
  void* memory = mmap(nullptr, 2 * sizeof(PthreadMutex), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  auto* locks = static_cast<PthreadMutex*>(memory);
  for (int i = 0; i < 2; ++i) {
    new (locks + i) PthreadMutex(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);
  }
  take_both(locks[0], locks[1]);
  in_child([=] { take_both(locks[1], locks[0]); });
  take_both(locks[0], locks[1]);
}

void robust_recovery() {
  if (!deaths_of_owners_are_told()) cannot_be_here("the kernel does not tell when the owner of a robust mutex dies");
  static PthreadMutex robust(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
  std::thread([] { robust.lock(); }).join();
  CHECK(pthread_mutex_lock(robust.get()) == EOWNERDEAD && pthread_mutex_consistent(robust.get()) == 0);
  robust.unlock();
  std::atomic<bool> holds = false;
  std::thread owner([&] {
    robust.lock();
    holds = true;
    pass_ms(250);
  });
  while (!holds) sched_yield();
  CHECK(pthread_mutex_lock(robust.get()) == EOWNERDEAD && pthread_mutex_consistent(robust.get()) == 0);
  robust.unlock();
  owner.join();
}

struct AtThreadEnd {
  ~AtThreadEnd() { take_both(accounts, journal); }
};
void thread_local_destructors() {
  together({[] {
    static thread_local AtThreadEnd last_wish;
    asm volatile("" : : "r"(&last_wish));
    take_both(accounts, journal);
  }}, 5);
}

// Released by the thread's last act, while another one waits.
void released_at_thread_end() {
  static PthreadMutex table;
  pthread_key_t key;
  CHECK(pthread_key_create(&key, [](void*) { pass_ms(200), table.unlock(); }) == 0);
  std::atomic<bool> holds = false;
  std::thread owner([&] {
    table.lock();
    CHECK(pthread_setspecific(key, &table) == 0);
    holds = true;
  });
  while (!holds) sched_yield();
  table.lock(), table.unlock();
  owner.join();
}

void exit_handlers() {
  CHECK(atexit([] { take_both(accounts, journal); }) == 0);
  CHECK(atexit([] { std::thread([] { take_both(accounts, journal); }).join(); }) == 0);
  std::thread([] { take_both(accounts, journal); }).join();
  exit(0);
}

void main_ends_first() {
  std::thread([] {
    pass_ms(200);
    together({[] { take_both(accounts, journal); }}, 3);
  }).detach();
  pthread_exit(nullptr);
}

void cancelled_in_wait() {
  static PthreadMutex queue;
  static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  std::atomic<bool> waits = false;
  std::thread waiter([&] {
    queue.lock();
    pthread_cleanup_push([](void*) { queue.unlock(); }, nullptr);
    waits = true;
    for (;;) pthread_cond_wait(&changed, queue.get());
    pthread_cleanup_pop(0);
  });
  while (!waits) sched_yield();
  queue.lock(), queue.unlock();
  CHECK(pthread_cancel(waiter.native_handle()) == 0);
  waiter.join();
  queue.lock(), queue.unlock();
}

void freed_by_last_user() {
  struct Counted {
    std::mutex mutex;
    int users = 6;
  };
  for (int i = 0; i < 20; ++i) {
    auto* counted = new Counted;
    together({[=] {
      std::unique_lock lock(counted->mutex);
      const bool is_last = --counted->users == 0;
      lock.unlock();
      if (is_last) delete counted;
    }}, 6);
  }
}

// Its memory is overwritten between two lives.
void memory_of_other_use() {
  alignas(PthreadMutex) static unsigned char memory[sizeof(PthreadMutex)];
  for (int life = 0; life < 3; ++life) {
    auto* lock = new (memory) PthreadMutex;
    together({[=] { lock->lock(), lock->unlock(); }}, 3);
    lock->destroy();
    memset(memory, 0x5a, sizeof memory);
  }
}

void spawn_with_lock() {
  const std::lock_guard guard(accounts);
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  pid_t child;
  CHECK(posix_spawn(&child, "/bin/true", nullptr, nullptr, arguments, environ) == 0);
  CHECK(waitpid(child, nullptr, 0) == child);
}

void thousand_threads() {
  for (int i = 0; i < 50; ++i) together({[] { take_both(accounts, journal); }}, 20);
}

constexpr Case kCases[] = {
    CASE(fork_handlers, Expect::kSilent, "fork handlers that lock all, and make them anew in the child (jemalloc)"),
    CASE(held_by_other_at_fork, Expect::kSilent, "a forked child leaves a lock alone that its parent's thread had"),
    CASE(between_processes, Expect::kSilent, "process-shared mutexes, the child takes them the other way and ends"),
    CASE(robust_recovery, Expect::kSilent, "a robust mutex outlives its owner twice, once while it is waited for"),
    CASE(thread_local_destructors, Expect::kSilent, "thread-local destructors take locks"),
    CASE(released_at_thread_end, Expect::kSilent, "a thread's last destructor releases what another one waits for"),
    CASE(exit_handlers, Expect::kSilent, "exit handlers take locks and create a thread"),
    CASE(main_ends_first, Expect::kSilent, "the first thread ends before the others"),
    CASE(cancelled_in_wait, Expect::kSilent, "a thread is cancelled in a condition wait and releases its mutex"),
    CASE(freed_by_last_user, Expect::kSilent, "the last user of a lock frees it at once"),
    CASE(memory_of_other_use, Expect::kSilent, "a mutex's memory is overwritten between two lives"),
    CASE(spawn_with_lock, Expect::kSilent, "posix_spawn with a lock held"),
    CASE(thousand_threads, Expect::kSilent, "a thousand threads, twenty at a time"),
};

}  // namespace

std::span<const Case> silent_lives() { return kCases; }
