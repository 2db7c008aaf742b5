// The held list under signal handlers: after each single instruction of a push, a search or a removal comes a handler that pushes
// and removes locks of its own, or looks at the list as another thread would. The processor's trap flag makes the signals, so that no instruction is left out.
#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>

#include <initializer_list>
#include <thread>
#include <vector>

#include "runtime/locks/held_list.h"
#include "runtime/locks/order_key.h"
#include "runtime/locks/thread_record.h"
#include "stepping.h"

#if defined(__x86_64__)

using namespace lockwrap::locks;

namespace {

constexpr size_t kMost = 1200;  // of which the handlers have the last ones: two blocks and more
pthread_mutex_t mutexes[kMost];
uintptr_t address_of(size_t i) { return reinterpret_cast<uintptr_t>(&mutexes[i]); }

uint32_t number_of(size_t i) { return static_cast<uint32_t>(i + 1); }

ThreadRecord* stepped;
long traps;
long faults;
volatile uint32_t order_seen;

void on_trap(int) {
  ++traps;
  for (size_t i = kMost - 3; i < kMost; ++i) {
    order_seen = order_of_all(*stepped);  // of an entry that is being filled in it may be an older one
    const HeldRef held = push_held(*stepped, address_of(i) | kNoMutex, i);
    if (held.entry) set_order(*stepped, held, number_of(i));
    else ++faults;
  }
  for (size_t i = kMost; i-- > kMost - 3;) {
    const HeldRef held = find_held(*stepped, address_of(i));
    if (!held.entry || held.entry->site != i) {
      ++faults;
      continue;
    }
    remove_held(*stepped, held);
  }
}

// What another thread sees of the entry: a lock with the place of another one?
void look_at(void*, const HeldEntry& entry, const HeldDetail&) {
  const uintptr_t lock = entry.lock & ~kHeldFlags;
  if (lock && lock != address_of(entry.site)) ++faults;
}

void on_trap_look(int) {
  ++traps;
  for_each_held(*stepped, look_at, nullptr);
}

// Holds `count` locks, takes one more, and releases one in the middle.
void release_in_the_middle(size_t count) {
  std::thread([=] {
    ThreadRecord* thread = claim_thread_record();
    REQUIRE(thread);
    stepped = thread;
    for (size_t i = 0; i < count; ++i) REQUIRE(push_held(*thread, address_of(i) | kNoMutex, i).entry);
    step_through([&] { push_held(*thread, address_of(count) | kNoMutex, count); });
    step_through([&] { remove_held(*thread, find_held(*thread, address_of(count / 2))); });
    CHECK(count_held(*thread) == count);
    for (size_t i = 0; i <= count; ++i) {
      if (i != count / 2) remove_held(*thread, find_held(*thread, address_of(i)));
    }
  }).join();
}

// Holds `count` locks, and then takes and releases one more, in a thread of its own.
void take_one_more(size_t count) {
  std::thread([=] {
    ThreadRecord* thread = claim_thread_record();
    REQUIRE(thread);
    stepped = thread;
    uint32_t order = 0;
    for (size_t i = 0; i < count; ++i) {
      const HeldRef held = push_held(*thread, address_of(i) | kNoMutex, i);
      REQUIRE(held.entry);
      set_order(*thread, held, number_of(i));
      order += order_part(number_of(i));
    }
    for (int round = 0; round < 3; ++round) {
      HeldRef held{nullptr, nullptr};
      step_through([&] {
        held = push_held(*thread, address_of(count) | kNoMutex, count);
        if (held.entry) set_order(*thread, held, number_of(count));
      });
      REQUIRE(held.entry);
      CHECK(count_held(*thread) == count + 1);
      CHECK(order_of_all(*thread) == order + order_part(number_of(count)));
      step_through([&] {
        held = find_held(*thread, address_of(count));
        if (held.entry) remove_held(*thread, held);
      });
      CHECK(count_held(*thread) == count);
      CHECK(order_of_all(*thread) == order);
      CHECK_FALSE(find_held(*thread, address_of(count)).entry);
    }
    for (size_t i = 0; i < count; ++i) {
      const HeldRef held = find_held(*thread, address_of(i));
      REQUIRE(held.entry);
      CHECK(held.entry->site == i);
      remove_held(*thread, held);
    }
    CHECK(count_held(*thread) == 0);
  }).join();
}

// `handler` after each instruction of `work`, which sets `faults` if it finds one.
void at_each_instruction(void (*handler)(int), std::initializer_list<size_t> counts, int least_traps, void (*work)(size_t count)) {
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = handler;
  REQUIRE(sigaction(SIGTRAP, &action, &before) == 0);
  for (const size_t count : counts) {
    CAPTURE(count);
    traps = faults = 0;
    work(count);
    CHECK(traps > least_traps);
    CHECK(faults == 0);
  }
  REQUIRE(sigaction(SIGTRAP, &before, nullptr) == 0);
}

}  // namespace

TEST_CASE("held list: a signal handler may come after any instruction") {
  // Empty; the last inline entries and the first of a block; the last of a block and the first of the next one.
  at_each_instruction(on_trap, {0, 1, 5, 28, 29, 30, 31, 32, 33, 607, 608, 609, 610, 611, 612, 613}, 100, take_one_more);
}

TEST_CASE("held list: at no instruction a lock is seen with the place of another one") {
  at_each_instruction(on_trap_look, {2, 5, 28, 40, 700}, 50, release_in_the_middle);
}
#endif
