// Thread records: a slot a thread, found again after its thread has ended in whatever way, clean in a forked child.
#include "runtime/locks/thread_record.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace lockwrap::locks;

namespace {

// Each thread of a wave has its record while all of them are alive.
std::set<ThreadRecord*> run_wave(int count) {
  std::set<ThreadRecord*> records;
  std::mutex mutex;
  std::barrier all_alive(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      ThreadRecord* record = claim_thread_record();
      {
        const std::lock_guard guard(mutex);
        if (record) CHECK_MESSAGE(records.insert(record).second, "two living threads share a slot");
        else FAIL_CHECK("no slot");
      }
      all_alive.arrive_and_wait();
      // Went wrong: a thread that freed a dead one's slot late took it from its next owner, who lost what it held.
      if (record && record->id.load() != static_cast<uint32_t>(gettid())) FAIL_CHECK("a living thread has lost its slot");
      all_alive.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return records;
}

}  // namespace

TEST_CASE("thread record: a fresh one is clean and belongs to its thread") {
  for (int round = 0; round < 3; ++round) {
    std::thread([] {
      CHECK(this_thread == nullptr);
      ThreadRecord* record = claim_thread_record();
      REQUIRE(record);
      CHECK(this_thread == record);
      CHECK(record->id.load() == static_cast<uint32_t>(gettid()));
      CHECK(count_held(*record) == 0);
      CHECK_FALSE(record->busy);
      CHECK(record->wait.place.load() == 0);
      push_held(*record, 0x1000, 1);  // the thread ends with a lock held; its slot's next owner must not
      record->busy = true;
      record->wait.place.store(5);
    }).join();
  }
}

// Went wrong: of several threads that found no free slot at once, those that came after the dead threads' slots had been freed
// found no dead one and doubled the slots in use, up to the whole pool in the end.
TEST_CASE("thread record: 40,000 threads in waves of 40 share a few slots") {
  std::set<ThreadRecord*> all;
  for (int wave = 0; wave < 1000; ++wave) all.merge(run_wave(40));
  CHECK(all.size() >= 40);
  CHECK(all.size() <= 128);
}

TEST_CASE("thread record: 10,000 threads one after the other share a few slots") {
  std::set<ThreadRecord*> all;
  for (int i = 0; i < 10'000; ++i) {
    std::thread([&] { all.insert(claim_thread_record()); }).join();
  }
  CHECK(all.count(nullptr) == 0);
  CHECK(all.size() <= 128);
}

TEST_CASE("thread record: overflow blocks of ended threads are used again") {
  const uint32_t before = overflow_block_count().load();
  static pthread_mutex_t mutexes[100];
  for (int i = 0; i < 2000; ++i) {
    std::thread([] {
      ThreadRecord* record = claim_thread_record();
      for (pthread_mutex_t& mutex : mutexes) {
        mutex = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&mutex);
        if (!push_held(*record, reinterpret_cast<uintptr_t>(&mutex), 1).entry) FAIL_CHECK("no room");
      }
      CHECK(count_held(*record) == 100);
    }).join();
  }
  CHECK(overflow_block_count().load() - before <= 128);
}

TEST_CASE("thread record: living threads are visited") {
  std::barrier claimed(4);
  std::barrier visited(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      claim_thread_record();
      claimed.arrive_and_wait();
      visited.arrive_and_wait();
    });
  }
  claimed.arrive_and_wait();
  std::set<uint32_t> ids;
  for_each_thread([](void* set, ThreadRecord& thread) { static_cast<std::set<uint32_t>*>(set)->insert(thread.id.load()); }, &ids);
  visited.arrive_and_wait();
  for (std::thread& thread : threads) thread.join();
  CHECK(ids.size() >= 3);
}

TEST_CASE("thread record: a thread's name follows a renaming") {
  std::thread([] {
    ThreadRecord* record = claim_thread_record();
    pthread_setname_np(pthread_self(), "worker 1");
    CHECK(std::string(name_text(thread_name(*record))) == "worker 1");
    pthread_setname_np(pthread_self(), "worker 2");
    CHECK(std::string(name_text(thread_name(*record))) == "worker 1");  // not asked again until somebody says so
    forget_thread_names();
    CHECK(std::string(name_text(thread_name(*record))) == "worker 2");
  }).join();
}

TEST_CASE("thread record: a forked child finds every slot free") {
  std::thread([] {
    ThreadRecord* record = claim_thread_record();
    push_held(*record, 0x1000, 1);
    const pid_t child = fork();
    if (child == 0) {
      int slots = 0;
      for_each_thread([](void* count, ThreadRecord&) { ++*static_cast<int*>(count); }, &slots);
      if (slots != 0 || record->id.load() != 0 || record->held[1].lock != 0) _exit(1);
      ThreadRecord* again = claim_thread_record();
      _exit(again && count_held(*again) == 0 && again->id.load() == static_cast<uint32_t>(gettid()) ? 0 : 2);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(count_held(*record) == 1);  // the parent's is as it was
  }).join();
}
