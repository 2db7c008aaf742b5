#include "runtime/deadlock/thread_lives.h"

#include <unistd.h>

namespace lockwrap::deadlock {

namespace {

constinit base::BoundedTable<Life> lives;
constinit std::atomic<uint32_t> clock_time;
__thread Birth own_birth;
__thread uint32_t own_children;

// It did this before the other one existed, for an ancestor of that one; or was joined before.
bool happens_before(const Life& one, uint32_t one_time, const Life& other, uint32_t other_time) {
  const uint32_t joined_at = one.joined_at.load(std::memory_order_relaxed);
  if (joined_at && joined_at < other_time) return true;
  const Birth& birth = other.birth;
  const uint32_t begun_at = birth.count ? birth.times[0] : other.first_time;
  if (one_time >= begun_at) return false;
  for (uint32_t i = 0; i < birth.count; ++i) {
    if (birth.ancestors[i] == one.serial) return one_time < birth.times[i];
  }
  return !birth.is_complete;
}

// Created unseen, in a shared library, say, where its join is not seen either: it may have ended before whatever came later, and have begun
// only when it was first seen.
bool may_have_been_apart(const Life& life, uint32_t time, uint32_t other_time) {
  const bool is_unseen = life.birth.count == 0 && !life.birth.is_complete;
  return is_unseen && (time < other_time || other_time < life.first_time);
}

}  // namespace

bool place_lives(base::Arena& arena, size_t bytes) {
  return lives.place(arena, bytes / base::BoundedTable<Life>::kBytesPerEntry * 15 / 16);
}

uint32_t next_time() { return clock_time.fetch_add(1, std::memory_order_relaxed) + 1; }

Birth birth_of_child() {
  Birth birth{};
  const locks::ThreadRecord* thread = locks::this_thread;
  if (!thread) return birth;
  const bool is_first = thread->id.load(std::memory_order_relaxed) == static_cast<uint32_t>(getpid());
  birth.ancestors[0] = thread->serial;
  birth.times[0] = next_time();
  birth.count = 1;
  ++own_children;
  for (uint32_t i = 0; i < own_birth.count && birth.count < Birth::kMostAncestors; ++i) {
    birth.ancestors[birth.count] = own_birth.ancestors[i];
    birth.times[birth.count++] = own_birth.times[i];
  }
  birth.is_complete = is_first || (own_birth.is_complete && own_birth.count < Birth::kMostAncestors);
  return birth;
}

uint32_t threads_created() { return own_children; }

void begin_life(const Birth& birth) { own_birth = birth; }

Life* own_life(locks::ThreadRecord& thread) {
  return lives.find_or_add(
      base::mix(thread.serial), [&](const Life& known) { return known.serial == thread.serial; },
      [&](Life& fresh) {
        fresh.serial = thread.serial;
        fresh.thread_id = thread.id.load(std::memory_order_relaxed);
        fresh.name = locks::thread_name(thread);
        fresh.birth = own_birth;
        if (fresh.thread_id == static_cast<uint32_t>(getpid())) fresh.birth.is_complete = true;
        fresh.first_time = next_time();
        fresh.handle = locks::lockwrap_thread_handle();
      });
}

Life* find_life(uint32_t serial) {
  return lives.find(base::mix(serial), [&](const Life& known) { return known.serial == serial; });
}

Life* find_life_by_handle(uintptr_t handle) {
  Life* newest = nullptr;
  lives.for_each([&](Life& life) {
    if (life.handle != handle || life.joined_at.load(std::memory_order_relaxed)) return;
    if (!newest || newest->serial < life.serial) newest = &life;
  });
  return newest;
}

void note_join(Life& life) { life.joined_at.store(next_time(), std::memory_order_relaxed); }

bool may_be_parallel(const Life& one, uint32_t one_time, const Life& other, uint32_t other_time) {
  if (may_have_been_apart(one, one_time, other_time) || may_have_been_apart(other, other_time, one_time)) return false;
  return &one != &other && !happens_before(one, one_time, other, other_time) && !happens_before(other, other_time, one, one_time);
}

}  // namespace lockwrap::deadlock
