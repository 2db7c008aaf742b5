// What looks like misuse and is right, or is libc's own affair: jemalloc's way to fork, a mutex that goes from process to process, a binary
// semaphore for a lock, the tries of std::lock, recursion, recovery of robust mutexes, memory that is freed at once by the last user.
// All at the same time, with jemalloc; lockwrap must stay silent.
#include <semaphore.h>
#include <sys/mman.h>

#include <memory>
#include <vector>

#include "../scenario.h"

namespace {

std::mutex first, second, third;
std::recursive_mutex tree;

void expect_end(pid_t child, int wanted) {
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == wanted);
}

void use_memory() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (size_t size = 8; size < 100'000; size *= 2) blocks.push_back(std::make_unique<char[]>(size));
}

// jemalloc locks all of its hundred mutexes before a fork, and initialises those of the child while they are held.
void fork_with_jemalloc() {
  const pid_t child = fork();
  if (child == 0) {
    use_memory();
    const pid_t grandchild = fork();
    if (grandchild == 0) use_memory(), _exit(3);
    expect_end(grandchild, 3);
    _exit(4);
  }
  use_memory();
  expect_end(child, 4);
}

struct Shared {
  pthread_mutex_t handed_over;
  pthread_mutex_t robust;
  sem_t taken;
  sem_t released;
};
Shared* shared;

void make_shared() {
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  shared = static_cast<Shared*>(memory);
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_mutex_init(&shared->handed_over, &attributes) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
  CHECK(pthread_mutex_init(&shared->robust, &attributes) == 0);
  CHECK(sem_init(&shared->taken, 1, 0) == 0 && sem_init(&shared->released, 1, 0) == 0);
}

// One process locks, the other unlocks; and one that dies with the robust mutex leaves it to the other.
void share_with_process() {
  const pid_t child = fork();
  if (child == 0) {
    CHECK(pthread_mutex_lock(&shared->handed_over) == 0 && sem_post(&shared->taken) == 0);
    CHECK(sem_wait(&shared->released) == 0);
    CHECK(pthread_mutex_lock(&shared->handed_over) == 0 && pthread_mutex_unlock(&shared->handed_over) == 0);
    if (deaths_of_owners_are_told()) CHECK(pthread_mutex_lock(&shared->robust) == 0);
    _exit(5);
  }
  CHECK(sem_wait(&shared->taken) == 0);
  CHECK(pthread_mutex_unlock(&shared->handed_over) == 0 && sem_post(&shared->released) == 0);
  expect_end(child, 5);
  if (!deaths_of_owners_are_told()) return;
  CHECK(pthread_mutex_lock(&shared->robust) == EOWNERDEAD && pthread_mutex_consistent(&shared->robust) == 0);
  CHECK(pthread_mutex_unlock(&shared->robust) == 0);
}

// Taken by one thread, released by another: a semaphore has no owner.
void use_semaphore_as_lock() {
  sem_t lock;
  CHECK(sem_init(&lock, 0, 1) == 0 && sem_wait(&lock) == 0);
  std::thread([&] { CHECK(sem_post(&lock) == 0); }).join();
  CHECK(sem_wait(&lock) == 0 && sem_post(&lock) == 0 && sem_destroy(&lock) == 0);
}

void use_several(unsigned number) {
  if (number % 2) {
    const std::scoped_lock guard(first, second, third);
  } else {
    std::unique_lock a(third, std::defer_lock), b(first, std::defer_lock), c(second, std::defer_lock);
    std::lock(a, b, c);
  }
}

void descend(int depth) {
  const std::lock_guard guard(tree);
  if (depth) descend(depth - 1);
}

// The last one to release frees the lock that it held a moment before.
void free_at_once() {
  struct Counted {
    std::mutex mutex;
    int users = 4;
  };
  auto* counted = new Counted;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([=] {
      std::unique_lock lock(counted->mutex);
      const bool is_last = --counted->users == 0;
      lock.unlock();
      if (is_last) delete counted;
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int rounds = argument_count > 1 ? atoi(arguments[1]) : 30;
  make_shared();
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (unsigned number = i; !stop; ++number) use_several(number), descend(40), use_memory();
    });
  }
  for (int round = 0; round < rounds; ++round) {
    fork_with_jemalloc();
    share_with_process();
    use_semaphore_as_lock();
    free_at_once();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}
