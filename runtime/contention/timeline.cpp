#include "runtime/contention/timeline.h"

#include <sys/mman.h>

#include "runtime/base/arena.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/locks/noted_owner.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::contention {

using locks::LockRecord;
using locks::ThreadRecord;

namespace {

// One line of a cache.
struct alignas(64) Entry {
  std::atomic<uint64_t> number;  // of the event in its ring, from 1; 0: being written
  std::atomic<uint64_t> begin_ns;
  std::atomic<uint64_t> end_ns;
  std::atomic<uintptr_t> site;
  std::atomic<uintptr_t> holder_site;
  std::atomic<uint32_t> lock;
  std::atomic<uint32_t> stack;
  std::atomic<uint32_t> thread;
  std::atomic<uint32_t> thread_name;
  std::atomic<uint32_t> holder;
  std::atomic<uint16_t> form;     // kind, and kReader
  std::atomic<uint16_t> outcome;  // written after end_ns
};
static_assert(sizeof(Entry) == 64);
constexpr uint16_t kReader = 0x100;

// In the place of a ring's first entry.
struct alignas(64) RingHead {
  std::atomic<uint64_t> newest;  // number of the newest event
  // For the thread itself, in whose record there is no room.
  uint64_t outer_event;
  HoldTimes deferred_hold;
};
static_assert(sizeof(RingHead) == sizeof(Entry));

// At the beginning of the memory.
struct alignas(4096) Head {
  std::atomic<uint32_t> used_rings;  // all beyond are untouched
  std::atomic<uint64_t> refused;
};

struct Rings {
  Head* head;
  RingHead* first;
  uint32_t entries;  // of a ring, with its head
  uint32_t count;
  size_t bytes;
};
constinit Rings rings{};

RingHead* ring(size_t slot) { return rings.first + slot * rings.entries; }
// 32-bit machines divide no 64-bit numbers without libgcc; there the ring has a gap after 4 billion events, which reads as overwritten.
Entry& entry_of(RingHead* head, uint64_t number) {
  return reinterpret_cast<Entry*>(head)[1 + static_cast<size_t>(number - 1) % (rings.entries - 1)];
}

// Of the thread; null: there are more threads than rings.
RingHead* ring_of(const ThreadRecord& thread) {
  const size_t slot = locks::slot_of(thread);
  return slot < rings.count ? ring(slot) : nullptr;
}

// The same for a further event: refusals are counted.
RingHead* ring_for_event(const ThreadRecord& thread) {
  RingHead* head = ring_of(thread);
  if (!head) {
    rings.head->refused.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  const size_t slot = locks::slot_of(thread);
  uint32_t used = rings.head->used_rings.load(std::memory_order_relaxed);
  while (used <= slot && !rings.head->used_rings.compare_exchange_weak(used, static_cast<uint32_t>(slot) + 1, std::memory_order_relaxed)) {
  }
  return head;
}

constexpr auto kRelaxed = std::memory_order_relaxed;

uint64_t note(ThreadRecord& thread, const TimelineEvent& event) {
  RingHead* head = ring_for_event(thread);
  if (!head) return 0;
  const uint64_t number = head->newest.load(kRelaxed) + 1;
  head->newest.store(number, kRelaxed);
  Entry& entry = entry_of(head, number);
  entry.number.exchange(0, std::memory_order_acq_rel);  // nothing of what follows comes before
  entry.begin_ns.store(event.begin_ns, kRelaxed);
  entry.end_ns.store(event.end_ns, kRelaxed);
  entry.site.store(event.site, kRelaxed);
  entry.holder_site.store(event.holder_site, kRelaxed);
  entry.lock.store(event.lock, kRelaxed);
  entry.stack.store(event.stack, kRelaxed);
  entry.thread.store(event.thread, kRelaxed);
  entry.thread_name.store(event.thread_name, kRelaxed);
  entry.holder.store(event.holder, kRelaxed);
  entry.form.store(static_cast<uint16_t>(static_cast<uint16_t>(event.kind) | (event.is_reader ? kReader : 0)), kRelaxed);
  entry.outcome.store(static_cast<uint16_t>(event.outcome), kRelaxed);
  entry.number.store(number, std::memory_order_release);  // pairs with read
  return number;
}

// False: it is being overwritten.
bool read(const Entry& entry, uint64_t number, TimelineEvent& event) {
  // Acquire, each: the number is looked at again after all of them; and the end belongs to an outcome that was seen before it.
  constexpr auto kAcquire = std::memory_order_acquire;
  if (entry.number.load(kAcquire) != number) return false;
  event.outcome = static_cast<WaitOutcome>(entry.outcome.load(kAcquire));
  event.begin_ns = entry.begin_ns.load(kAcquire);
  event.end_ns = entry.end_ns.load(kAcquire);
  event.site = entry.site.load(kAcquire);
  event.holder_site = entry.holder_site.load(kAcquire);
  event.lock = entry.lock.load(kAcquire);
  event.stack = entry.stack.load(kAcquire);
  event.thread = entry.thread.load(kAcquire);
  event.thread_name = entry.thread_name.load(kAcquire);
  event.holder = entry.holder.load(kAcquire);
  const uint16_t form = entry.form.load(kAcquire);
  event.kind = static_cast<EventKind>(form & ~kReader);
  event.is_reader = form & kReader;
  return entry.number.load(kRelaxed) == number;
}

// The call by which the holder of a lock took it, 0: not known. The holder may have released the lock since.
uintptr_t site_of_holder(locks::LockKind kind, uintptr_t address, uint32_t holder) {
  ThreadRecord* thread = locks::find_thread(holder);
  const uintptr_t site = thread ? locks::site_of_hold(*thread, address) : 0;
  return locks::noted_owner(kind, address) == holder ? site : 0;
}

// Whether its thread is in this wait now. Else it was left by a jump out of a signal handler, or has just ended.
bool goes_on(const ThreadRecord& thread, const TimelineEvent& event) {
  if (thread.id.load(std::memory_order_acquire) != event.thread) return false;
  const auto is_in = [&](const locks::PresentWait& wait) {
    return wait.place.load(std::memory_order_acquire) && wait.since_ns.load(kRelaxed) == event.begin_ns;
  };
  return is_in(thread.wait) || is_in(thread.custom);
}

}  // namespace

constinit bool timeline_kept;

bool keep_timeline(uint64_t kib_a_thread) {
  rings.entries = static_cast<uint32_t>((kib_a_thread << 10) / sizeof(Entry));
  for (size_t count = locks::thread_slots(); count >= 64; count /= 4) {
    rings.bytes = sizeof(Head) + count * rings.entries * sizeof(Entry);
    if (count > (SIZE_MAX / 4) / (rings.entries * sizeof(Entry))) continue;  // of a 32-bit address space
    void* memory = base::map_wiped_on_fork(rings.bytes);
    if (!memory) continue;
    rings.head = static_cast<Head*>(memory);
    rings.first = reinterpret_cast<RingHead*>(rings.head + 1);
    rings.count = static_cast<uint32_t>(count);
    timeline_kept = true;
    break;
  }
  return timeline_kept;
}

void wipe_timeline() {
  if (timeline_kept) madvise(rings.head, rings.bytes, MADV_DONTNEED);
}

uint64_t note_wait(ThreadRecord& thread, const LockRecord& record, uintptr_t lock, uintptr_t site, uint64_t begin_ns) {
  const uintptr_t address = lock & ~locks::kHeldFlags;
  const bool is_right = process_state().owners_known.load(kRelaxed);
  const uint32_t holder = is_right ? locks::noted_owner(record.kind, address) : 0;
  return note(thread, {EventKind::kWait, (lock & locks::kShared) != 0, WaitOutcome::kGoesOn, thread.id.load(kRelaxed),
                       locks::thread_name(thread), locks::lock_records.index_of(&record),
                       stack::intern_stack(thread.stack.frames, thread.stack.frame_count), site, begin_ns, 0, holder,
                       holder ? site_of_holder(record.kind, address, holder) : 0});
}

void note_wait_end(const ThreadRecord& thread, uint64_t event, uint64_t end_ns, WaitOutcome outcome) {
  if (!event) return;
  Entry& entry = entry_of(ring(locks::slot_of(thread)), event);
  if (entry.number.load(kRelaxed) != event) return;
  entry.end_ns.store(end_ns, kRelaxed);
  entry.outcome.store(static_cast<uint16_t>(outcome), std::memory_order_release);  // pairs with read
}

void keep_outer_event(const ThreadRecord& thread, uint64_t event) {
  if (RingHead* head = ring_of(thread)) head->outer_event = event;
}

uint64_t outer_event(const ThreadRecord& thread) {
  const RingHead* head = timeline_kept ? ring_of(thread) : nullptr;
  return head ? head->outer_event : 0;
}

void keep_hold_times(const ThreadRecord& thread, HoldTimes times) {
  if (RingHead* head = ring_of(thread)) head->deferred_hold = times;
}

void note_deferred_hold(ThreadRecord& thread) {
  if (const RingHead* head = ring_of(thread)) note_hold(thread, thread.settlement, head->deferred_hold);
}

void note_hold(ThreadRecord& thread, const locks::Settlement& settlement, HoldTimes times) {
  if (!settlement.is_blamed) return;
  note(thread, {EventKind::kHold, settlement.is_reader, WaitOutcome::kAcquired, thread.id.load(kRelaxed), locks::thread_name(thread),
                locks::lock_records.index_of(settlement.record), 0, settlement.holder_site, times.begin_ns, times.end_ns, 0, 0});
}

TimelineCounts for_each_timeline_event(VisitEvent visit, void* context) {
  TimelineCounts counts{0, 0};
  if (!timeline_kept) return counts;
  counts.refused = rings.head->refused.load(kRelaxed);
  const uint32_t used = rings.head->used_rings.load(kRelaxed);
  for (uint32_t slot = 0; slot < used; ++slot) {
    RingHead* head = ring(slot);
    const ThreadRecord& thread = locks::thread_at(slot);
    const uint64_t newest = head->newest.load(kRelaxed);
    const uint64_t oldest = newest > events_of_ring() ? newest - events_of_ring() + 1 : 1;
    counts.overwritten += oldest - 1;
    for (uint64_t number = oldest; number <= newest; ++number) {
      TimelineEvent event;
      if (!read(entry_of(head, number), number, event)) ++counts.overwritten;
      else if (event.outcome != WaitOutcome::kNoWait && (event.outcome != WaitOutcome::kGoesOn || goes_on(thread, event))) visit(context, event);
    }
  }
  return counts;
}

uint32_t events_of_ring() { return rings.entries - 1; }

}  // namespace lockwrap::contention
