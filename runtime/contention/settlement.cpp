#include "runtime/contention/settlement.h"

#include "runtime/base/options.h"
#include "runtime/base/random.h"
#include "runtime/contention/hold_time.h"
#include "runtime/stack/stack_table.h"
#include "runtime/stack/walk.h"

namespace lockwrap::contention {

using locks::PendingWait;
using locks::Settlement;
using locks::ThreadRecord;
using locks::WaitStack;

namespace {

// The probability with which a stack that waited this long is kept.
double keep_probability(uint64_t wait_ns) {
  return base::one_minus_exp(static_cast<double>(wait_ns) / (static_cast<double>(base::options.sample_us) * 1000.0));
}

// Nanoseconds of waiting until the next stack is kept.
uint64_t draw(ThreadRecord& thread) {
  const uint64_t random = base::next_random(thread.random_state, base::mix(reinterpret_cast<uintptr_t>(&thread)) ^
                                                                     thread.id.load(std::memory_order_relaxed));
  return 1 + static_cast<uint64_t>(base::exponential(random) * static_cast<double>(base::options.sample_us) * 1000.0);
}

}  // namespace

// With keep_probability. An exponential distribution has no memory, so what is left of one draw serves for the next wait, and most waits
// cost one subtraction.
bool is_sampled(ThreadRecord& thread, uint64_t wait_ns) {
  if (!thread.unsampled_ns) thread.unsampled_ns = draw(thread);
  if (wait_ns < thread.unsampled_ns) {
    thread.unsampled_ns -= wait_ns;
    return false;
  }
  thread.unsampled_ns = draw(thread);
  return true;
}

uint32_t intern_last_stack(const ThreadRecord& thread) {
  const stack::LastStack& last = thread.stack;
  const uint32_t stack = stack::intern_stack(last.frames, last.frame_count);
  if (!stack) dropped().stacks.fetch_add(1, std::memory_order_relaxed);
  if (last.cut) dropped().frames.fetch_add(1, std::memory_order_relaxed);
  return stack;
}

void add_sample(ThreadRecord& thread, SampleOwner& owner, uint32_t stack, uint64_t wait_ns, double probability) {
  if (!stack) return;
  const uint32_t name = locks::thread_name(thread);
  Sample* sample = samples.find_or_add(
      base::mix(reinterpret_cast<uintptr_t>(&owner) ^ base::mix(stack | uint64_t{name} << 32)),
      [&](const Sample& known) {
        return known.owner == &owner && known.stack == stack && known.thread_name == name;
      },
      [&](Sample& fresh) {
        fresh.owner = &owner;
        fresh.stack = stack;
        fresh.thread_name = name;
      });
  if (!sample) {
    dropped().samples.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  base::link_once(owner.first_sample, sample->next_of_owner, samples.index_of(sample));
  sample->weight_ns.fetch_add(static_cast<uint64_t>(static_cast<double>(wait_ns) / probability),
                              std::memory_order_relaxed);
  sample->count.fetch_add(static_cast<uint64_t>(kCountScale / probability), std::memory_order_relaxed);
}

void settle_wait(ThreadRecord& thread, const PendingWait& wait) {
  Place* place = places.at(wait.place);
  if (!place) return;
  count_wait(*place, wait.wait_ns);
  uint32_t stack = wait.stack;
  if (wait.stack_kept == WaitStack::kInThread) {
    thread.stack_kept = false;
    if (!is_sampled(thread, wait.wait_ns)) return;
    stack = intern_last_stack(thread);
  }
  if (wait.stack_kept == WaitStack::kNone) return;
  if (wait.stack_kept == WaitStack::kCandidate && !is_sampled(thread, wait.wait_ns)) return;
  add_sample(thread, *place, stack, wait.wait_ns, keep_probability(wait.wait_ns));
}

namespace {

void settle_blame(ThreadRecord& thread, const Settlement& settlement, uintptr_t release_site) {
  uint32_t stack = 0;
  for (uint32_t lane = 0; lane < locks::kLanes; ++lane) {
    const uint64_t blamed_ns = settlement.blamed_ns[lane];
    if (!blamed_ns) continue;
    const uintptr_t waiter_site = settlement.record->lanes[lane].site.load(std::memory_order_relaxed);
    Pair* pair = pairs.at(thread.last_pair);
    if (!pair || !is_pair(*pair, *settlement.record, settlement.holder_site, waiter_site)) {
      pair = find_or_make_pair(*settlement.record, settlement.holder_site, waiter_site, settlement.is_reader);
      if (!pair) continue;
      thread.last_pair = pairs.index_of(pair);
    }
    pair->holds.fetch_add(settlement.holds, std::memory_order_relaxed);
    pair->blamed_ns.fetch_add(blamed_ns, std::memory_order_relaxed);
    if (!is_sampled(thread, blamed_ns)) continue;
    make_room_for_frames(thread);  // another lock's wait may still need them
    if (!stack) {
      stack::update_stack(release_site, thread.stack);
      stack = intern_last_stack(thread);
      if (!stack) return;
    }
    add_sample(thread, *pair, stack, blamed_ns, keep_probability(blamed_ns));
  }
}

}  // namespace

void settle(ThreadRecord& thread, const Settlement& settlement, uintptr_t release_site) {
  if (settlement.wait.place) settle_wait(thread, settlement.wait);
  if (!settlement.is_blamed) return;
  settle_blame(thread, settlement, release_site);
  count_hold(thread, settlement);
}

void make_room_for_frames(ThreadRecord& thread) {
  if (!thread.stack_kept) return;
  thread.stack_kept = false;
  PendingWait* wait = nullptr;
  if (thread.deferred && thread.settlement.wait.stack_kept == WaitStack::kInThread) {
    wait = &thread.settlement.wait;
  } else {
    wait = locks::wait_with_frames(thread);
  }
  if (!wait) return;
  wait->stack_kept = WaitStack::kNone;
  if (!is_sampled(thread, wait->wait_ns)) return;
  wait->stack = intern_last_stack(thread);
  if (wait->stack) wait->stack_kept = WaitStack::kInterned;
}

}  // namespace lockwrap::contention
