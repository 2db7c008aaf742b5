#include "runtime/report/timeline_writer.h"

#include <string.h>

#include "runtime/base/options.h"
#include "runtime/base/text.h"
#include "runtime/contention/timeline.h"
#include "runtime/report/address_set.h"
#include "runtime/report/finding_parts.h"
#include "runtime/stack/stack_table.h"
#include "runtime/stack/walk.h"

namespace lockwrap::report {

using contention::EventKind;
using contention::TimelineEvent;
using contention::WaitOutcome;

namespace {

// Fields of an event. Those that are 0 are left away.
enum EventField : uint32_t {
  kKind = 1, kThread = 2, kLock = 3, kBegin = 4, kEnd = 5, kSite = 6, kStack = 7, kIsReader = 8, kOutcome = 9, kHolder = 10, kHolderSite = 11,
};
enum StackField : uint32_t { kStackId = 1, kFrames = 2 };
enum ThreadField : uint32_t { kThreadId = 1, kThreadName = 2 };

struct Writing {
  ProfileSink& sink;
  uint64_t now_ns;
  uint64_t start_ns;  // of the profile: what ended before was reset
  uint64_t lock_count;
  uint64_t events;
  uint32_t thread;  // of the event before
  uint32_t thread_name;
  uint32_t holder;  // that was named last
};
uint64_t refused;

void add_nonzero(ProtobufMessage& message, uint32_t field, uint64_t value) {
  if (value) message.add_number(field, value);
}

// Also a call that no sample has becomes a location, so that `symbolize` names it.
uint64_t add_call(uintptr_t return_address) {
  const uint64_t call = call_at(return_address);
  add_address(call);
  return call;
}

void write_thread(Writing& writing, uint32_t thread, const char* name, size_t size) {
  ProtobufMessage& message = writing.sink.message();
  message.clear();
  message.add_number(kThreadId, thread);
  message.add_bytes(kThreadName, name, size);
  writing.sink.add_message(ProfileSink::kTimelineThread, message);
}

void write_thread_of(Writing& writing, const TimelineEvent& event) {
  if (event.thread == writing.thread && event.thread_name == writing.thread_name) return;
  writing.thread = event.thread;
  writing.thread_name = event.thread_name;
  if (!event.thread_name) return;
  const char* name = locks::name_text(event.thread_name);
  write_thread(writing, event.thread, name, strlen(name));
}

// Who is waited for now may have no event of its own.
void write_holder_of(Writing& writing, const TimelineEvent& event) {
  if (!event.holder || event.holder == writing.holder) return;
  writing.holder = event.holder;
  char name[kThreadNameBytes];
  if (const size_t size = read_thread_name(event.holder, name)) write_thread(writing, event.holder, name, size);
}

void write_stack(Writing& writing, uint32_t number) {
  if (!stack::mark_stack(number)) return;
  const stack::StackView stack = stack::stack_of(number);
  uint64_t calls[stack::kMaxFrames];
  size_t count = 0;
  for (; count < stack.count && count < stack::kMaxFrames; ++count) calls[count] = add_call(stack.frames[count]);
  ProtobufMessage& message = writing.sink.message();
  message.clear();
  message.add_number(kStackId, number);
  message.add_numbers(kFrames, calls, count);
  writing.sink.add_message(ProfileSink::kTimelineStack, message);
}

void write_event(void* context, const TimelineEvent& event) {
  auto& writing = *static_cast<Writing*>(context);
  write_thread_of(writing, event);  // of events that came since, too: others that are older may name the thread
  if (event.begin_ns > writing.now_ns || event.lock > writing.lock_count) return;
  const bool is_wait = event.kind == EventKind::kWait;
  const bool has_ended = event.outcome != WaitOutcome::kGoesOn && event.end_ns <= writing.now_ns;
  if (!is_wait && !has_ended) return;
  if (has_ended && event.end_ns < writing.start_ns) return;
  if (!has_ended) write_holder_of(writing, event);
  write_stack(writing, event.stack);
  ProtobufMessage& message = writing.sink.message();
  message.clear();
  message.add_number(kKind, static_cast<uint64_t>(event.kind));
  message.add_number(kThread, event.thread);
  message.add_number(kLock, event.lock);
  add_nonzero(message, kBegin, event.begin_ns);
  if (has_ended) message.add_number(kEnd, event.end_ns);
  add_nonzero(message, kSite, add_call(event.site));
  add_nonzero(message, kStack, event.stack);
  add_nonzero(message, kIsReader, event.is_reader);
  if (is_wait && has_ended) message.add_number(kOutcome, static_cast<uint64_t>(event.outcome));
  add_nonzero(message, kHolder, event.holder);
  add_nonzero(message, kHolderSite, add_call(event.holder_site));
  writing.sink.add_message(ProfileSink::kTimelineEvent, message);
  ++writing.events;
}

}  // namespace

void write_timeline(ProfileSink& sink, uint64_t now_ns, uint64_t lock_count) {
  refused = 0;
  if (!contention::timeline_kept) return;
  stack::clear_stack_marks();
  Writing writing{sink, now_ns, contention::process_state().start_ns.load(std::memory_order_relaxed), lock_count, 0, 0, 0, 0};
  const contention::TimelineCounts counts = contention::for_each_timeline_event(write_event, &writing);
  refused = counts.refused;
  base::TextOf<256> line;
  line.add("lockwrap timeline kib=").add_number(base::options.timeline_kb).add(" now_ns=").add_number(now_ns).add(" events=")
      .add_number(writing.events).add(" overwritten=").add_number(counts.overwritten);
  sink.add_comment(line.c_str());
}

uint64_t timeline_refused() { return refused; }

}  // namespace lockwrap::report
