// The program's own malloc ends it when lockwrap is among the callers: every address on the stack is compared with the code of
// lockwrap's one object, which lies between its first and its last function. Contended locks, new threads, names, forks, profiles
// and reports run over it.
#include <link.h>

#include <string>

#include "test_support.h"

extern "C" {
void __wrap_pthread_cond_wait();
int lockwrap_runtime_resume();
}

namespace {

// 64 KiB around any function of the joined object are not all of it, so its limits come from the symbols that it exports.
bool is_lockwrap(uintptr_t address) {
  const auto one = reinterpret_cast<uintptr_t>(&__wrap_pthread_cond_wait);
  const auto other = reinterpret_cast<uintptr_t>(&lockwrap_runtime_resume);
  const uintptr_t first = one < other ? one : other;
  const uintptr_t last = one < other ? other : one;
  return address >= first && address <= last;
}

std::atomic<long> allocations;
char pool[16 << 20];
std::atomic<size_t> pool_used;

__attribute__((noinline)) void* allocate(size_t size) {
  // Conservative: every word of the stack that looks like a return address counts as one.
  uintptr_t stack_word;
  const auto* at = &stack_word;
  for (int i = 0; i < 160; ++i) {
    if (is_lockwrap(at[i])) {
      const char text[] = "an allocation inside lockwrap\n";
      if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) abort();
      abort();
    }
  }
  ++allocations;
  size = (size + 31) & ~size_t{15};
  const size_t start = pool_used.fetch_add(size);
  if (start + size > sizeof pool) abort();
  *reinterpret_cast<size_t*>(pool + start) = size - 16;
  return pool + start + 16;
}

pthread_mutex_t trapped_lock = PTHREAD_MUTEX_INITIALIZER;
std::atomic<pid_t> id;

void* contend(void*) {
  id = thread_id();
  CHECK(pthread_mutex_lock(&trapped_lock) == 0);
  CHECK(pthread_mutex_unlock(&trapped_lock) == 0);
  return nullptr;
}

}  // namespace

extern "C" {
void* malloc(size_t size) { return allocate(size); }
void free(void*) {}
void* calloc(size_t count, size_t size) { return allocate(count * size); }
void* realloc(void* old, size_t size) {
  void* fresh = allocate(size);
  if (old) {
    const size_t old_size = reinterpret_cast<size_t*>(old)[-2];
    memcpy(fresh, old, old_size < size ? old_size : size);
  }
  return fresh;
}
void* memalign(size_t, size_t size) { return allocate(size); }
void* aligned_alloc(size_t, size_t size) { return allocate(size); }
int posix_memalign(void** result, size_t, size_t size) { return *result = allocate(size), 0; }
}

int main(int argument_count, char**) {
  if (argument_count > 1) {  // proves that the trap works: see tests/wrap/CMakeLists.txt
    return is_lockwrap(reinterpret_cast<uintptr_t>(&__wrap_pthread_cond_wait) + 16) ? 0 : 1;
  }
  CHECK(is_lockwrap(reinterpret_cast<uintptr_t>(&lockwrap_runtime_resume)));
  for (int i = 0; i < 50; ++i) {
    CHECK(pthread_mutex_lock(&trapped_lock) == 0);
    id = 0;
    const pthread_t thread = start(contend);
    wait_until_asleep(id);
    CHECK(pthread_mutex_unlock(&trapped_lock) == 0);
    CHECK(pthread_join(thread, nullptr) == 0);
    CHECK(lockwrap_name_lock(&trapped_lock, ("trapped_lock" + std::to_string(i)).c_str()) == 0);
    CHECK(lockwrap_write_profile("/dev/null") == 0);
    const int null = open("/dev/null", O_WRONLY);
    CHECK(lockwrap_write_report(null) == 0);
    close(null);
  }
  CHECK(allocations > 0);
}
