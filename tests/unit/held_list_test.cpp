// The held list against a plain vector: inline entries, overflow blocks, any order of release.
// The mutexes are real ones, and really held: a list that is full asks libc who owns them.
#include "runtime/locks/held_list.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "runtime/locks/thread_record.h"

using namespace lockwrap::locks;

namespace {

// Each test has a thread, and so a list, of its own.
template <class Test>
void in_a_thread(Test test) {
  std::thread([&] {
    ThreadRecord* thread = claim_thread_record();
    REQUIRE(thread);
    test(*thread);
  }).join();
}

// Recursive, so that a test can hold one several times.
class Mutexes {
 public:
  explicit Mutexes(size_t count) : mutexes_(count) {
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    for (pthread_mutex_t& mutex : mutexes_) pthread_mutex_init(&mutex, &recursive);
    pthread_mutexattr_destroy(&recursive);
  }
  uintptr_t lock(size_t i) {
    pthread_mutex_lock(&mutexes_[i]);
    return reinterpret_cast<uintptr_t>(&mutexes_[i]);
  }
  void unlock(uintptr_t mutex) { pthread_mutex_unlock(reinterpret_cast<pthread_mutex_t*>(mutex)); }

 private:
  std::deque<pthread_mutex_t> mutexes_;
};

struct Held {
  uintptr_t lock;
  uintptr_t site;
};

// A lock that is held several times may answer with any of its entries: inline ones and those in blocks are not in one order.
void check_same(ThreadRecord& thread, const std::vector<Held>& model) {
  CHECK(count_held(thread) == model.size());
  std::multiset<std::pair<uintptr_t, uintptr_t>> wanted, seen;
  for (const Held& held : model) wanted.insert({held.lock, held.site});
  for_each_own_held(
      thread,
      [](void* context, const HeldEntry& entry, const HeldDetail&) {
        static_cast<decltype(seen)*>(context)->insert({entry.lock & ~kDetailed, entry.site});
      },
      &seen);
  CHECK(seen == wanted);
  for (const Held& held : model) {
    const HeldRef found = find_held(thread, held.lock);
    REQUIRE(found.entry);
    CHECK((found.entry->lock & ~kDetailed) == held.lock);
    const auto levels = std::count_if(model.begin(), model.end(), [&](const Held& other) { return other.lock == held.lock; });
    if (levels == 1) CHECK(found.entry->site == held.site);
    CHECK(held_again(thread, found) == (levels > 1));
  }
}

void release(ThreadRecord& thread, Mutexes& mutexes, uintptr_t lock) {
  const HeldRef held = find_held(thread, lock);
  REQUIRE(held.entry);
  remove_held(thread, held);
  mutexes.unlock(lock);
}

enum class Order { kSame, kReverse, kShuffled };

void hold_a_thousand(Order order) {
  in_a_thread([order](ThreadRecord& thread) {
    Mutexes mutexes(1000);
    std::vector<uintptr_t> locks;
    for (size_t i = 0; i < 1000; ++i) {
      locks.push_back(mutexes.lock(i));
      REQUIRE(push_held(thread, locks.back(), i + 1).entry);
    }
    CHECK(count_held(thread) == 1000);
    if (order == Order::kReverse) std::reverse(locks.begin(), locks.end());
    if (order == Order::kShuffled) std::shuffle(locks.begin(), locks.end(), std::mt19937(1));
    for (size_t i = 0; i < locks.size(); ++i) {
      release(thread, mutexes, locks[i]);
      REQUIRE(count_held(thread) == 999 - i);
      REQUIRE(find_held(thread, locks[i]).entry == nullptr);
    }
  });
}

}  // namespace

TEST_CASE("held list: empty at first") {
  in_a_thread([](ThreadRecord& thread) {
    CHECK(count_held(thread) == 0);
    CHECK(find_held(thread, 0x1000).entry == nullptr);
    CHECK(last_inline() != reinterpret_cast<uintptr_t>(&thread));
  });
}

TEST_CASE("held list: the inline path pushes and pops") {
  in_a_thread([](ThreadRecord& thread) {
    int a;
    int b;
    CHECK(push_inline(reinterpret_cast<uintptr_t>(&a), 11));
    CHECK(push_inline(reinterpret_cast<uintptr_t>(&b), 22));
    CHECK(count_held(thread) == 2);
    CHECK(last_inline() == reinterpret_cast<uintptr_t>(&b));
    CHECK(last_inline() != reinterpret_cast<uintptr_t>(&a));
    pop_inline();
    CHECK(last_inline() == reinterpret_cast<uintptr_t>(&a));
    CHECK(find_held(thread, reinterpret_cast<uintptr_t>(&a)).entry->site == 11);
    pop_inline();
    CHECK(count_held(thread) == 0);
  });
}

TEST_CASE("held list: a full inline list sends to the slow path") {
  in_a_thread([](ThreadRecord& thread) {
    int locks[kInlineEntries];
    for (size_t i = 0; i + 1 < kInlineEntries; ++i) CHECK(push_inline(reinterpret_cast<uintptr_t>(&locks[i]), 1));
    CHECK_FALSE(push_inline(reinterpret_cast<uintptr_t>(&locks[kInlineEntries - 1]), 1));
    CHECK(count_held(thread) == kInlineEntries - 1);
  });
}

TEST_CASE("held list: a thread without a record takes the slow path") {
  std::thread([] {
    int lock;
    CHECK_FALSE(push_inline(reinterpret_cast<uintptr_t>(&lock), 1));
    CHECK(last_inline() != reinterpret_cast<uintptr_t>(&lock));
  }).join();
}

TEST_CASE("held list: 1,000 locks released in the order of taking") { hold_a_thousand(Order::kSame); }
TEST_CASE("held list: 1,000 locks released in reverse") { hold_a_thousand(Order::kReverse); }
TEST_CASE("held list: 1,000 locks released in any order") { hold_a_thousand(Order::kShuffled); }

TEST_CASE("held list: agrees with a vector over random pushes and removals") {
  in_a_thread([](ThreadRecord& thread) {
    std::mt19937 random(42);
    Mutexes mutexes(200);
    std::vector<Held> model;
    for (int step = 0; step < 6000; ++step) {
      const bool grows = (step / 1000) % 2 == 0;
      if (model.empty() || random() % 10 < (grows ? 7u : 3u)) {
        const Held held{mutexes.lock(random() % 200), 1 + static_cast<uintptr_t>(step)};
        REQUIRE(push_held(thread, held.lock, held.site).entry);
        model.push_back(held);
      } else {
        const uintptr_t lock = random() % 2 ? model.back().lock : model[random() % model.size()].lock;
        const uintptr_t site = find_held(thread, lock).entry->site;
        release(thread, mutexes, lock);
        const auto released = std::find_if(model.begin(), model.end(), [&](const Held& held) { return held.site == site; });
        REQUIRE(released != model.end());
        CHECK(released->lock == lock);
        model.erase(released);
      }
      if (step % 50 == 0) check_same(thread, model);
    }
    while (!model.empty()) {
      release(thread, mutexes, model.back().lock);
      model.pop_back();
    }
    CHECK(count_held(thread) == 0);
  });
}

TEST_CASE("held list: a lock held twice is known as such until its last level") {
  for (size_t others : {size_t{0}, size_t{100}}) {
    in_a_thread([others](ThreadRecord& thread) {
      Mutexes mutexes(others + 1);
      const uintptr_t lock = mutexes.lock(others);
      const HeldRef outer = push_held(thread, lock, 1);
      CHECK_FALSE(held_again(thread, outer));
      for (size_t i = 0; i < others; ++i) push_held(thread, mutexes.lock(i), 9);
      mutexes.lock(others);
      const HeldRef inner = push_held(thread, lock, 2);
      CHECK(held_again(thread, inner));
      CHECK(held_again(thread, find_held(thread, lock)));
      CHECK(find_held(thread, lock).entry->site == 2);
      release(thread, mutexes, lock);
      CHECK(find_held(thread, lock).entry->site == 1);
      CHECK_FALSE(held_again(thread, find_held(thread, lock)));
    });
  }
}

TEST_CASE("held list: removal moves the details along") {
  in_a_thread([](ThreadRecord& thread) {
    Mutexes mutexes(60);
    std::vector<uintptr_t> locks;
    for (uint32_t i = 0; i < 60; ++i) {
      locks.push_back(mutexes.lock(i));
      HeldRef held = push_held(thread, locks.back(), 1);
      held.entry->lock |= kDetailed;
      held.detail->wait.place = i + 1;
    }
    for (uint32_t i = 0; i < 60; i += 3) release(thread, mutexes, locks[i]);
    for (uint32_t i = 0; i < 60; ++i) {
      const HeldRef held = find_held(thread, locks[i]);
      if (i % 3 == 0) CHECK(held.entry == nullptr);
      else CHECK(uint32_t{held.detail->wait.place} == i + 1);
    }
  });
}

TEST_CASE("held list: new entries have no details left over") {
  in_a_thread([](ThreadRecord& thread) {
    for (int round = 0; round < 2; ++round) {
      HeldRef held = push_held(thread, 0x5000, 1);
      CHECK(held.detail->record == nullptr);
      CHECK(uint32_t{held.detail->wait.place} == 0);
      held.detail->wait.place = 7;
      remove_held(thread, held);
    }
  });
}

TEST_CASE("held list: while paused nothing is pushed inline, and what was held can be released") {
  in_a_thread([](ThreadRecord& thread) {
    int before;
    int meanwhile;
    CHECK(push_inline(reinterpret_cast<uintptr_t>(&before), 1));
    pause_held_list(thread);
    pause_held_list(thread);
    CHECK_FALSE(push_inline(reinterpret_cast<uintptr_t>(&meanwhile), 1));
    CHECK(count_held(thread) == 1);
    remove_held(thread, find_held(thread, reinterpret_cast<uintptr_t>(&before)));
    CHECK(count_held(thread) == 0);
    CHECK(resume_held_list(thread));
    CHECK_FALSE(push_inline(reinterpret_cast<uintptr_t>(&meanwhile), 1));
    CHECK(resume_held_list(thread));
    CHECK_FALSE(resume_held_list(thread));
    CHECK(push_inline(reinterpret_cast<uintptr_t>(&meanwhile), 1));
    CHECK(count_held(thread) == 1);
  });
}

TEST_CASE("held list: what another thread released is forgotten when the list is full") {
  in_a_thread([](ThreadRecord& thread) {
    Mutexes mutexes(kInlineEntries + 1);
    std::vector<uintptr_t> locks;
    for (size_t i = 0; i + 1 < kInlineEntries; ++i) {
      locks.push_back(mutexes.lock(i));
      push_held(thread, locks.back(), 1);
    }
    for (size_t i = 0; i < 10; ++i) mutexes.unlock(locks[i]);  // unseen by the list
    push_held(thread, mutexes.lock(kInlineEntries), 1);
    CHECK(count_held(thread) == kInlineEntries - 10);
    for (size_t i = 0; i < locks.size(); ++i) CHECK((find_held(thread, locks[i]).entry != nullptr) == (i >= 10));
  });
}

TEST_CASE("held list: another thread may look at it") {
  in_a_thread([](ThreadRecord& thread) {
    Mutexes mutexes(700);
    for (uint32_t i = 0; i < 700; ++i) {
      HeldRef held = push_held(thread, mutexes.lock(i), i + 1);
      held.entry->lock |= kDetailed;
    }
    size_t seen = 0;
    std::thread([&] {
      for_each_held(thread, [](void* count, const HeldEntry& entry, const HeldDetail&) {
        if (entry.lock & kDetailed) ++*static_cast<size_t*>(count);
      }, &seen);
    }).join();
    CHECK(seen == 700);
  });
}
