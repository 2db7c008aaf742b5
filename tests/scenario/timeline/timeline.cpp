// timeline MODE [PATH]: waits that the program measures itself, for the timeline of them.
//   known      a few waits of each kind, every thread of which ends; a condition wait, which is none
//   ring N     one thread waits N times
//   load PATH  eight threads contend, while the profile is written to PATH.1, PATH.2, ... PATH.10
//   hang       a thread waits, and nobody will release the lock; ends when killed
#include <lockwrap/lockwrap.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <shared_mutex>
#include <string>
#include <vector>

#include "../scenario.h"

namespace {

void call_this_thread(const char* name) { CHECK(pthread_setname_np(pthread_self(), name) == 0); }

// In one printf, after the wait.
template <class Wait>
NOINLINE void measure(const char* name, const char* holder, Wait wait) {
  call_this_thread(name);
  const long long begin = now_ns();
  const bool is_got = wait();
  const long long end = now_ns();
  printf("wait %s %lld %lld %s %s\n", name, begin, end, holder, is_got ? "got" : "gave-up");
}

std::timed_mutex ledger;
std::shared_mutex prices;

bool lock_ledger() {
  ledger.lock();
  pass_ms(2);
  ledger.unlock();
  return true;
}

void known() {
  call_this_thread("hog");
  // Names are read once a thread, so the one that is named before its first wait keeps its name.
  for (int round = 0; round < 4; ++round) {
    ledger.lock();
    const WaitingThread first([] { measure("first", "hog", lock_ledger); });
    const WaitingThread second([] { measure("second", "hog", lock_ledger); });
    pass_ms(10);
    ledger.unlock();
  }
  {
    const std::lock_guard held(ledger);
    std::thread([] { measure("impatient", "hog", [] { return ledger.try_lock_for(std::chrono::milliseconds(10)); }); }).join();
  }
  prices.lock();
  {
    const WaitingThread reader([] { measure("reader", "hog", [] { prices.lock_shared(); prices.unlock_shared(); return true; }); });
    pass_ms(10);
    prices.unlock();
  }
  prices.lock_shared();
  {
    const WaitingThread writer([] { measure("writer", "-", [] { prices.lock(); prices.unlock(); return true; }); });
    pass_ms(10);
    prices.unlock_shared();
  }
  std::mutex idle;
  std::unique_lock held(idle);
  std::condition_variable().wait_for(held, std::chrono::milliseconds(5));
}

void ring(int rounds) {
  call_this_thread("hog");
  std::atomic<pid_t> id = 0;
  std::atomic<int> asked = 0, done = 0;
  std::thread worker([&] {
    call_this_thread("worker");
    id = thread_id();
    for (int round = 1; round <= rounds; ++round) {
      while (asked < round) sched_yield();
      measure("worker", "hog", [] { ledger.lock(); ledger.unlock(); return true; });
      done = round;
    }
  });
  for (int round = 1; round <= rounds; ++round) {
    ledger.lock();
    asked = round;
    wait_until_asleep(id);
    pass_ms(1);
    ledger.unlock();
    while (done < round) sched_yield();
  }
  worker.join();
}

std::atomic<bool> is_over;
std::atomic<int> rounds_done;

// Long enough that others come meanwhile.
void hold_a_little() {
  const long long until = now_ns() + 20'000;
  sched_yield();
  while (now_ns() < until) {}
}

}  // namespace

// Not in the anonymous namespace, whose name would be in theirs.
static std::mutex apples;
static std::mutex pears;
static std::shared_mutex plums;

static NOINLINE void use_apples() {
  const std::lock_guard held(apples);
  hold_a_little();
}
static NOINLINE void use_pears() {
  const std::lock_guard held(pears);
  hold_a_little();
}
static NOINLINE void use_plums(bool reads) {
  if (reads) {
    const std::shared_lock held(plums);
    hold_a_little();
  } else {
    const std::unique_lock held(plums);
    hold_a_little();
  }
}

namespace {

void load(const std::string& path) {
  call_this_thread("main");
  std::vector<std::thread> workers;
  std::atomic<int> started = 0;
  for (int i = 0; i < 8; ++i) {
    workers.emplace_back([i, &started] {
      const std::string name = "worker-" + std::to_string(i);
      call_this_thread(name.c_str());
      printf("thread %d %s\n", static_cast<int>(thread_id()), name.c_str());
      ++started;
      for (unsigned round = static_cast<unsigned>(i); !is_over; ++round) {
        if (round % 3 == 0) use_apples();
        else if (round % 3 == 1) use_pears();
        else use_plums(round % 2);
        ++rounds_done;
      }
    });
  }
  while (started < 8) sched_yield();
  for (int i = 1; i <= 10; ++i) {
    while (rounds_done < i * 400) pass_ms(1);
    CHECK(lockwrap_write_profile((path + "." + std::to_string(i)).c_str()) == 0);
  }
  is_over = true;
  for (std::thread& worker : workers) worker.join();
}

void hang() {
  call_this_thread("hog");
  ledger.lock();
  const WaitingThread worker([] { measure("worker", "hog", lock_ledger); });
  printf("waits\n");
  fflush(stdout);
  for (;;) pass_ms(1000);
}

}  // namespace

int main(int count, char** arguments) {
  setvbuf(stdout, nullptr, _IOFBF, 1 << 16);  // printing must not wait: stdio's lock is libc's own, but the pipe may be full
  const std::string mode = count > 1 ? arguments[1] : "";
  if (mode == "known") {
    known();
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("VmPeak:", 0) == 0) printf("%s\n", line.c_str());
    }
  }
  else if (mode == "ring") ring(atoi(arguments[2]));
  else if (mode == "load") load(arguments[2]);
  else if (mode == "hang") hang();
  else return 2;
}
