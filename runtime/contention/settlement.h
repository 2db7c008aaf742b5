// What happens after a contended release: the wait that the hold began with and the waits that it caused are counted, and
// some of their stacks are kept.
//
// A stack is kept with probability 1 - e^(-w/T) for w waited nanoseconds, T being `sample_us`, and then weighs
// w / (1 - e^(-w/T)): the estimate is unbiased, and its cost is proportional to the time waited, never to the number of waits
// (Poisson sampling over time, as heap profilers do it over bytes).
// Runs: after contended releases, with the thread's `busy` set.
#pragma once

#include <cstdint>

#include "runtime/contention/profile_tables.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

// Counts everything in `settlement`. The stack of the wait is in the thread's frames or interned; the holder's is taken
// here, `release_site` being the return address of the call that released.
void settle(locks::ThreadRecord& thread, const locks::Settlement& settlement, uintptr_t release_site);

// The part of that which the hold began with.
void settle_wait(locks::ThreadRecord& thread, const locks::PendingWait& wait);

// Adds a stack that was taken with `probability` of a wait, weighed so that the estimate is unbiased. `stack` 0: none was taken.
void add_sample(locks::ThreadRecord& thread, SampleOwner& owner, uint32_t stack, uint64_t wait_ns, double probability);

// The number of the thread's last stack; 0 when there is no more room (counted).
uint32_t intern_last_stack(const locks::ThreadRecord& thread);

// Whether the stack of a wait of the thread, or of what a hold of it is to blame for, is kept. Asked once of each.
bool is_sampled(locks::ThreadRecord& thread, uint64_t wait_ns);

// The frames of the thread are needed for another wait: decides now whether the kept ones are sampled.
void make_room_for_frames(locks::ThreadRecord& thread);

}  // namespace lockwrap::contention
