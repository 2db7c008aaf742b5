// The workloads of the bench: one object file, linked in every variant, so that a difference between two programs is the
// link's and not the compiler's.
//
//   PROGRAM WORKLOAD time MILLISECONDS   prints nanoseconds per operation, the median of five repetitions, and how many
//                                        operations there were altogether
//   PROGRAM WORKLOAD count OPERATIONS    runs exactly so many and prints nothing: for counting instructions and system calls
//   PROGRAM list                         prints the names
// An operation is a lock+unlock pair; of `handoff` it is one acquisition that had to wait.
// All but `pair_alone` run in a process with a second, idle thread: glibc leaves atomic instructions out while there is only one.
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

#if !defined(__GLIBC__)
#error "the scripts below read the lock word of glibc's mutex"
#endif

// External, so that a report shows them by name.
struct alignas(128) SeparateMutex {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  uint64_t guarded = 0;
};
SeparateMutex outer_mutex;
SeparateMutex inner_mutex;
SeparateMutex contended_mutex;
SeparateMutex mixed_mutexes[64];
SeparateMutex held_mutexes[16];

namespace {

uint64_t now_ns(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

void* idle(void*) {
  for (;;) pause();
}

void keep_idle_thread() {
  static pthread_t thread;
  if (!thread && pthread_create(&thread, nullptr, idle, nullptr) != 0) abort();
}

// The word is 2 when a thread waits, or is about to: what a wrapper does before the wait is over by then.
bool has_waiter(const pthread_mutex_t& mutex) { return __atomic_load_n(&mutex.__data.__lock, __ATOMIC_ACQUIRE) == 2; }

void pairs(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    pthread_mutex_lock(&outer_mutex.mutex);
    pthread_mutex_unlock(&outer_mutex.mutex);
  }
}

void nested_pairs(uint64_t count) {
  for (uint64_t i = 0; i < count; i += 2) {
    pthread_mutex_lock(&outer_mutex.mutex);
    pthread_mutex_lock(&inner_mutex.mutex);
    pthread_mutex_unlock(&inner_mutex.mutex);
    pthread_mutex_unlock(&outer_mutex.mutex);
  }
}

// Runs part(number, count) in `threads` threads that begin together.
struct Part {
  void (*run)(uint32_t number, uint64_t count);
  uint32_t number;
  uint64_t count;
  std::atomic<uint32_t>* missing;
  pthread_t thread;
};

void* run_part(void* argument) {
  auto& part = *static_cast<Part*>(argument);
  part.missing->fetch_sub(1);
  while (part.missing->load() != 0) sched_yield();
  part.run(part.number, part.count);
  return nullptr;
}

void in_threads(uint32_t threads, void (*run)(uint32_t, uint64_t), uint64_t count_each) {
  std::atomic<uint32_t> missing{threads};
  std::vector<Part> parts(threads);
  for (uint32_t i = 0; i < threads; ++i) {
    parts[i] = {run, i, count_each, &missing, {}};
    if (pthread_create(&parts[i].thread, nullptr, run_part, &parts[i]) != 0) abort();
  }
  for (Part& part : parts) pthread_join(part.thread, nullptr);
}

void own_pairs(uint32_t number, uint64_t count) {
  pthread_mutex_t* mutex = number == 0 ? &outer_mutex.mutex : &inner_mutex.mutex;
  for (uint64_t i = 0; i < count; ++i) {
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
  }
}
void two_threads(uint64_t count) { in_threads(2, own_pairs, count / 2); }

void shared_pairs(uint32_t, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    pthread_mutex_lock(&contended_mutex.mutex);
    contended_mutex.guarded = contended_mutex.guarded * 5 + i;
    pthread_mutex_unlock(&contended_mutex.mutex);
  }
}
void four_threads(uint64_t count) { in_threads(4, shared_pairs, count / 4); }

// A service's day: 64 locks, short updates, one operation in 8 nested, one in 8 allocates.
void mixed_pairs(uint32_t number, uint64_t count) {
  uint64_t random = 0x9e3779b97f4a7c15u * (number + 1);
  for (uint64_t i = 0; i < count; ++i) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    SeparateMutex& first = mixed_mutexes[random & 31];
    void* block = (random >> 8) % 8 == 0 ? malloc(32 + (random >> 16) % 480) : nullptr;
    pthread_mutex_lock(&first.mutex);
    first.guarded += random;
    if ((random >> 32) % 8 == 0) {
      SeparateMutex& second = mixed_mutexes[32 + (random >> 40) % 32];
      pthread_mutex_lock(&second.mutex);
      second.guarded ^= first.guarded;
      pthread_mutex_unlock(&second.mutex);
      ++i;
    }
    pthread_mutex_unlock(&first.mutex);
    if (block) memset(block, 1, 16), free(block);
  }
}
void mix(uint64_t count) { in_threads(2, mixed_pairs, count / 2); }

// One thread holds the lock until the other one waits for it, then lets it through: every operation waits exactly once and
// makes the same system calls (a wait, two wakes) whatever the scheduler does. Both threads share a processor when
// they are timed, so that no sleeping processor has to be woken.
std::atomic<uint32_t> handoff_turn;  // odd: the second thread is to take the lock

void* take_handoffs(void* argument) {
  const auto count = *static_cast<const uint64_t*>(argument);
  for (uint64_t i = 0; i < count; ++i) {
    while (handoff_turn.load(std::memory_order_acquire) % 2 == 0) sched_yield();
    pthread_mutex_lock(&contended_mutex.mutex);
    contended_mutex.guarded += i;
    pthread_mutex_unlock(&contended_mutex.mutex);
    handoff_turn.fetch_add(1, std::memory_order_release);
  }
  return nullptr;
}

void handoffs(uint64_t count) {
  pthread_t second;
  if (pthread_create(&second, nullptr, take_handoffs, &count) != 0) abort();
  for (uint64_t i = 0; i < count; ++i) {
    pthread_mutex_lock(&contended_mutex.mutex);
    handoff_turn.fetch_add(1, std::memory_order_release);
    while (!has_waiter(contended_mutex.mutex)) sched_yield();
    pthread_mutex_unlock(&contended_mutex.mutex);
    while (handoff_turn.load(std::memory_order_acquire) % 2 == 1) sched_yield();
  }
  pthread_join(second, nullptr);
}

void use_one_processor() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  int processor = CPU_SETSIZE - 1;
  while (processor > 0 && !CPU_ISSET(processor, &allowed)) --processor;
  CPU_ZERO(&allowed);
  CPU_SET(processor, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

void quiet_pairs(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    pthread_mutex_lock(&contended_mutex.mutex);
    pthread_mutex_unlock(&contended_mutex.mutex);
  }
}

void nothing() {}
void contend_once() {
  keep_idle_thread();
  handoffs(1);
}
void keep_idle_and_one_processor() {
  keep_idle_thread();
  use_one_processor();
}

// The pairs that follow are those of one more lock, in an order that is always the same. Nobody else wants these.
template <int kCount>
void keep_held() {
  keep_idle_thread();
  for (int i = 0; i < kCount; ++i) pthread_mutex_lock(&held_mutexes[i].mutex);
}

// Processor time of all threads, which other programs disturb least; real time where threads sleep for each other.
struct Workload {
  const char* name;
  clockid_t clock;
  void (*prepare)();
  void (*run)(uint64_t count);
};
constexpr Workload kWorkloads[] = {
    {"pair", CLOCK_PROCESS_CPUTIME_ID, keep_idle_thread, pairs},
    {"pair_alone", CLOCK_PROCESS_CPUTIME_ID, nothing, pairs},
    {"pair_quiet", CLOCK_PROCESS_CPUTIME_ID, contend_once, quiet_pairs},
    {"nested", CLOCK_PROCESS_CPUTIME_ID, keep_idle_thread, nested_pairs},
    {"held_2", CLOCK_PROCESS_CPUTIME_ID, keep_held<2>, pairs},
    {"held_4", CLOCK_PROCESS_CPUTIME_ID, keep_held<4>, pairs},
    {"held_8", CLOCK_PROCESS_CPUTIME_ID, keep_held<8>, pairs},
    {"held_16", CLOCK_PROCESS_CPUTIME_ID, keep_held<16>, pairs},
    {"two_threads", CLOCK_PROCESS_CPUTIME_ID, nothing, two_threads},
    {"four_threads", CLOCK_MONOTONIC, nothing, four_threads},
    {"mix", CLOCK_PROCESS_CPUTIME_ID, nothing, mix},
    {"handoff", CLOCK_PROCESS_CPUTIME_ID, keep_idle_and_one_processor, handoffs},
};

uint64_t all_operations;

uint64_t time_of(const Workload& workload, uint64_t count) {
  all_operations += count;
  const uint64_t start_ns = now_ns(workload.clock);
  workload.run(count);
  return now_ns(workload.clock) - start_ns;
}

double ns_per_operation(const Workload& workload, uint64_t wanted_ns) {
  uint64_t count = 256;
  uint64_t taken_ns = time_of(workload, count);
  while (taken_ns < wanted_ns / 4) taken_ns = time_of(workload, count *= 2);
  count = static_cast<uint64_t>(static_cast<double>(count) * static_cast<double>(wanted_ns) / static_cast<double>(taken_ns));
  count = std::max<uint64_t>(count & ~uint64_t{3}, 256);
  double repetitions[5];
  for (double& ns : repetitions) ns = static_cast<double>(time_of(workload, count)) / static_cast<double>(count);
  std::sort(repetitions, repetitions + 5);
  return repetitions[2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "list") == 0) {
    for (const Workload& workload : kWorkloads) puts(workload.name);
    return 0;
  }
  for (const Workload& workload : kWorkloads) {
    if (argc != 4 || strcmp(argv[1], workload.name) != 0) continue;
    const uint64_t number = strtoull(argv[3], nullptr, 10);
    workload.prepare();
    if (strcmp(argv[2], "time") == 0) {
      const double ns = ns_per_operation(workload, number * 1'000'000);
      printf("%.3f %llu\n", ns, static_cast<unsigned long long>(all_operations));
    } else {
      workload.run(number);
    }
    return 0;
  }
  fprintf(stderr, "usage: %s WORKLOAD time MILLISECONDS | WORKLOAD count OPERATIONS | list\n", argv[0]);
  return 2;
}
