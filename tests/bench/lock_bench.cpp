// Measures one lock workload: lock_bench WORKLOAD OPERATIONS [--once] prints nanoseconds per operation, the fastest of five
// repetitions (--once: does the operations once and prints nothing, for instruction counts).
//
//   pair       lock and unlock a free mutex
//   nested     two mutexes, one inside the other; an operation is the two pairs
//   quiet      as pair, after the mutex has been waited for once
//   own        two threads, each with a mutex of its own; operations of one of them
//   shared     four threads on one mutex, a hundred nanoseconds inside and as many outside; operations of all
//   mix        four threads, eight mutexes, mostly free; a small allocation in every sixteenth
//   handover   four threads on one mutex, held for a millisecond each time; for system calls
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <atomic>

namespace {

struct alignas(128) Mutex {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  long value = 0;
};
Mutex mutexes[8];
std::atomic<int> ready;
std::atomic<bool> go;

void lock(Mutex& mutex) { pthread_mutex_lock(&mutex.mutex); }
void unlock(Mutex& mutex) { pthread_mutex_unlock(&mutex.mutex); }

void work(Mutex& mutex, int steps) {
  for (int i = 0; i < steps; ++i) {
    mutex.value += i;
    asm volatile("" : : "r"(&mutex) : "memory");
  }
}

void pair(long operations) {
  for (long i = 0; i < operations; ++i) {
    lock(mutexes[0]);
    unlock(mutexes[0]);
  }
}

void nested(long operations) {
  for (long i = 0; i < operations; ++i) {
    lock(mutexes[0]);
    lock(mutexes[1]);
    unlock(mutexes[1]);
    unlock(mutexes[0]);
  }
}

void* wait_once(void*) {
  go = true;
  lock(mutexes[0]);
  unlock(mutexes[0]);
  return nullptr;
}

void make_quiet() {
  lock(mutexes[0]);
  pthread_t thread;
  pthread_create(&thread, nullptr, wait_once, nullptr);
  while (!go) sched_yield();
  const timespec a_while = {0, 20'000'000};
  nanosleep(&a_while, nullptr);
  unlock(mutexes[0]);
  pthread_join(thread, nullptr);
}

struct Worker {
  pthread_t thread;
  int number;
  long operations;
  void (*run)(Worker&);
};

void own(Worker& worker) {
  for (long i = 0; i < worker.operations; ++i) {
    lock(mutexes[worker.number]);
    unlock(mutexes[worker.number]);
  }
}

void shared(Worker& worker) {
  Mutex outside;
  for (long i = 0; i < worker.operations; ++i) {
    lock(mutexes[0]);
    work(mutexes[0], 100);
    unlock(mutexes[0]);
    work(outside, 100);
  }
}

void mix(Worker& worker) {
  unsigned random = static_cast<unsigned>(worker.number) + 1;
  for (long i = 0; i < worker.operations; ++i) {
    random = random * 1103515245 + 12345;
    Mutex& mutex = mutexes[random >> 29];
    lock(mutex);
    work(mutex, 10);
    if (i % 16 == 0) {
      void* volatile memory = malloc(random >> 24);
      free(memory);
    }
    unlock(mutex);
    work(mutex, 0);
  }
}

// Each holds it for a millisecond: nearly every lock call waits.
void handover(Worker& worker) {
  for (long i = 0; i < worker.operations; ++i) {
    lock(mutexes[0]);
    const timespec a_while = {0, 1'000'000};
    nanosleep(&a_while, nullptr);
    unlock(mutexes[0]);
  }
}

void* begin(void* argument) {
  auto& worker = *static_cast<Worker*>(argument);
  ++ready;
  while (!go) sched_yield();
  worker.run(worker);
  return nullptr;
}

void run_threads(int count, long operations, void (*run)(Worker&)) {
  Worker workers[4];
  ready = 0;
  go = false;
  for (int i = 0; i < count; ++i) {
    workers[i] = {0, i, operations / count, run};
    pthread_create(&workers[i].thread, nullptr, begin, &workers[i]);
  }
  while (ready < count) sched_yield();
  go = true;
  for (int i = 0; i < count; ++i) pthread_join(workers[i].thread, nullptr);
}

bool run(const char* workload, long operations) {
  if (!strcmp(workload, "pair") || !strcmp(workload, "quiet")) pair(operations);
  else if (!strcmp(workload, "nested")) nested(operations);
  else if (!strcmp(workload, "own")) run_threads(2, 2 * operations, own);
  else if (!strcmp(workload, "shared")) run_threads(4, operations, shared);
  else if (!strcmp(workload, "mix")) run_threads(4, operations, mix);
  else if (!strcmp(workload, "handover")) run_threads(4, operations, handover);
  else return false;
  return true;
}

double now_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 3) {
    fprintf(stderr, "lock_bench WORKLOAD OPERATIONS [--once]\n");
    return 2;
  }
  const char* workload = arguments[1];
  const long operations = atol(arguments[2]);
  if (!strcmp(workload, "quiet")) make_quiet();
  if (argument_count > 3) return run(workload, operations) ? 0 : 2;
  double best = 0;
  for (int repetition = 0; repetition < 5; ++repetition) {
    const double start = now_ns();
    if (!run(workload, operations)) return 2;
    const double per_operation = (now_ns() - start) / static_cast<double>(operations);
    if (repetition == 0 || per_operation < best) best = per_operation;
  }
  printf("%.3f\n", best);
}
