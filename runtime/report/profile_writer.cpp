#include "runtime/report/profile_writer.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/base/program.h"
#include "runtime/base/text.h"
#include "runtime/locks/thread_record.h"
#include "runtime/report/address_set.h"
#include "runtime/report/lock_totals.h"
#include "runtime/report/mappings.h"
#include "runtime/report/profile_sink.h"
#include "runtime/report/scaled_samples.h"
#include "runtime/report/timeline_writer.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::report {

using contention::Holder;
using contention::Pair;
using contention::Place;
using locks::LockRecord;

namespace {

// String numbers that samples refer to.
struct Strings {
  uint64_t side, waiter, holder, lock, lock_kind, thread, lock_id, lock_address, address, site, waiter_site, mode, read, write;
  uint64_t first_kind;   // of the kinds' names
  uint64_t first_name;   // of the table of names
  uint64_t name_count;
  uint64_t first_label;  // of the locks' labels
  uint64_t label_count;
};

constinit ProfileSink sink;
constinit Strings strings{};

void begin_strings() {
  sink.add_string("");
  const auto contentions = sink.add_string("contentions");
  const auto count = sink.add_string("count");
  const auto delay = sink.add_string("delay");
  const auto nanoseconds = sink.add_string("nanoseconds");
  sink.add_value_type(ProfileSink::kSampleType, contentions, count);
  sink.add_value_type(ProfileSink::kSampleType, delay, nanoseconds);
  sink.add_value_type(ProfileSink::kPeriodType, contentions, count);
  sink.add_number(ProfileSink::kPeriod, 1);
  sink.add_number(ProfileSink::kDefaultSampleType, delay);
  strings.side = sink.add_string("side");
  strings.waiter = sink.add_string("waiter");
  strings.holder = sink.add_string("holder");
  strings.lock = sink.add_string("lock");
  strings.lock_kind = sink.add_string("lock_kind");
  strings.thread = sink.add_string("thread");
  strings.lock_id = sink.add_string("lock_id");
  strings.lock_address = sink.add_string("lock_address");
  strings.address = sink.add_string("address");
  strings.site = sink.add_string("site");
  strings.waiter_site = sink.add_string("waiter_site");
  strings.mode = sink.add_string("mode");
  strings.read = sink.add_string("read");
  strings.write = sink.add_string("write");
  strings.first_kind = sink.next_string();
  for (size_t i = 0; i < locks::kLockKinds; ++i) sink.add_string(locks::kind_name(static_cast<locks::LockKind>(i)));
  strings.name_count = locks::names.used();
  strings.first_name = sink.next_string();
  for (uint32_t i = 1; i <= strings.name_count; ++i) {
    sink.add_string(locks::names.at(i)->ready.load(std::memory_order_acquire) ? locks::name_text(i) : "");
  }
  strings.label_count = locks::lock_records.used();
  strings.first_label = sink.next_string();
  for (uint32_t i = 1; i <= strings.label_count; ++i) {
    const LockRecord& record = *locks::lock_records.at(i);
    base::TextOf<48> label;
    label.add(locks::kind_name(record.kind)).add("@").add_hex(record.shown_address);
    sink.add_string(label.c_str());
  }
}

uint64_t label_of(const LockRecord& record) {
  const uint32_t name = record.name.load(std::memory_order_relaxed);
  if (name && name <= strings.name_count) return strings.first_name + name - 1;
  return strings.first_label + locks::lock_records.index_of(&record) - 1;
}

void add_number_label(ProtobufMessage& sample, uint64_t key, uint64_t number, uint64_t unit) {
  ProtobufMessage& label = sink.part();
  label.clear();
  label.add_number(1, key);
  label.add_number(3, number);
  if (unit) label.add_number(4, unit);
  sample.add_message(3, label);
}

void add_text_label(ProtobufMessage& sample, uint64_t key, uint64_t text) {
  ProtobufMessage& label = sink.part();
  label.clear();
  label.add_number(1, key);
  label.add_number(2, text);
  sample.add_message(3, label);
}

// What all samples of a place or a pair have in common.
struct SampleKind {
  const LockRecord* record;
  uintptr_t site;
  bool is_holder;
  bool is_reader;
  uintptr_t waiter_site;  // holder side
};

void write_sample(const SampleKind& kind, const ScaledSample& scaled) {
  uint64_t locations[stack::kMaxFrames];
  size_t location_count = 0;
  const stack::StackView stack = stack::stack_of(scaled.stack);
  for (size_t i = 0; i < stack.count && i < stack::kMaxFrames; ++i) {
    if (const uint64_t location = add_address(call_at(stack.frames[i]))) locations[location_count++] = location;
  }
  if (!stack.count) {
    if (const uint64_t location = add_address(call_at(kind.site))) locations[location_count++] = location;
  }
  const uint64_t values[] = {scaled.count, scaled.ns};
  ProtobufMessage& sample = sink.message();
  sample.clear();
  sample.add_numbers(1, locations, location_count);
  sample.add_numbers(2, values, 2);
  add_text_label(sample, strings.side, kind.is_holder ? strings.holder : strings.waiter);
  add_text_label(sample, strings.lock, label_of(*kind.record));
  add_text_label(sample, strings.lock_kind, strings.first_kind + static_cast<uint64_t>(kind.record->kind));
  if (kind.is_reader || kind.record->kind == locks::LockKind::kRwlock) {
    add_text_label(sample, strings.mode, kind.is_reader ? strings.read : strings.write);
  }
  if (scaled.thread_name && scaled.thread_name <= strings.name_count) {
    add_text_label(sample, strings.thread, strings.first_name + scaled.thread_name - 1);
  }
  add_number_label(sample, strings.lock_id, locks::lock_records.index_of(kind.record), 0);
  add_number_label(sample, strings.lock_address, kind.record->shown_address, strings.address);
  add_number_label(sample, strings.site, call_at(kind.site), strings.address);
  if (kind.is_holder) add_number_label(sample, strings.waiter_site, call_at(kind.waiter_site), strings.address);
  sink.add_message(ProfileSink::kSample, sample);
}

// Events are in the text report only: idle time would drown the delays.
bool is_shown(const LockRecord& record) {
  return !locks::is_event(record.kind) && locks::lock_records.index_of(&record) <= strings.label_count;
}

void write_samples() {
  contention::places.for_each([](const Place& place) {
    if (!waits_of(place) || !is_shown(*place.record)) return;
    const SampleKind kind{place.record, place.site, false, place.is_reader, 0};
    scale_samples(place, waits_of(place), wait_ns_of(place),
                  [&](const ScaledSample& sample) { write_sample(kind, sample); });
  });
  contention::pairs.for_each([](const Pair& pair) {
    if (!holds_of(pair) || !is_shown(*pair.record)) return;
    const SampleKind kind{pair.record, pair.holder_site, true, pair.is_reader, pair.waiter_site};
    scale_samples(pair, holds_of(pair), blamed_ns_of(pair),
                  [&](const ScaledSample& sample) { write_sample(kind, sample); });
  });
}

void write_mappings_and_locations() {
  static constinit Mapping mappings[kMaxMappings]{};
  const size_t count = collect_mappings(mappings);
  for (size_t i = 0; i < count; ++i) {
    base::TextOf<2 * 64 + 1> build_id;
    if (i == 0) {
      for (size_t byte = 0; byte < base::program.build_id_bytes && byte < 64; ++byte) {
        build_id.add_char("0123456789abcdef"[base::program.build_id[byte] >> 4]);
        build_id.add_char("0123456789abcdef"[base::program.build_id[byte] & 15]);
      }
    }
    const uint64_t path = sink.add_string(mappings[i].path);
    const uint64_t build = build_id.length() ? sink.add_string(build_id.c_str()) : 0;
    ProtobufMessage& mapping = sink.message();
    mapping.clear();
    mapping.add_number(1, i + 1);
    mapping.add_number(2, mappings[i].start);
    mapping.add_number(3, mappings[i].end);
    mapping.add_number(4, mappings[i].file_offset);
    mapping.add_number(5, path);
    if (build) mapping.add_number(6, build);
    sink.add_message(ProfileSink::kMapping, mapping);
  }
  for_each_address([&](uint64_t address) {
    ProtobufMessage& location = sink.message();
    location.clear();
    location.add_number(1, address);  // any number that is not 0 is an id
    for (size_t i = 0; i < count; ++i) {
      if (address >= mappings[i].start && address < mappings[i].end) location.add_number(2, i + 1);
    }
    location.add_number(3, address);
    sink.add_message(ProfileSink::kLocation, location);
  });
}

void add_histogram(base::Text& line, const uint64_t (&histogram)[contention::kHistogramBuckets]) {
  line.add(" histogram=");
  bool first = true;
  for (uint32_t b = 0; b < contention::kHistogramBuckets; ++b) {
    if (!histogram[b]) continue;
    line.add(first ? "" : ",").add_number(b).add(":").add_number(histogram[b]);
    first = false;
  }
}

void add_to_histogram(uint64_t (&histogram)[contention::kHistogramBuckets], const contention::Times& times) {
  for (uint32_t b = 0; b < contention::kHistogramBuckets; ++b) histogram[b] += times.histogram[b].load(std::memory_order_relaxed);
}

void write_holder_comment(const Holder& holder) {
  const uint64_t hold_ns = holder.holds.sum_ns.load(std::memory_order_relaxed) + holder.pending_ns;
  if (!hold_ns) return;
  uint64_t longest = holder.holds.max_ns.load(std::memory_order_relaxed);
  if (longest < holder.pending_max_ns) longest = holder.pending_max_ns;
  uint64_t histogram[contention::kHistogramBuckets]{};
  add_to_histogram(histogram, holder.holds);
  base::TextOf<2048> line;
  line.add("lockwrap holder lock=").add_number(locks::lock_records.index_of(holder.record)).add(" site=").add_hex(call_at(holder.site));
  if (holder.is_reader) line.add(" mode=read");
  line.add(" holds=").add_number(holder.count.load(std::memory_order_relaxed) + holder.pending_count).add(" hold_ns=").add_number(hold_ns).add(" max_hold_ns=").add_number(longest)
      .add(" looked_ns=").add_number(holder.looked_ns.load(std::memory_order_relaxed))
      .add(" blocked_ns=").add_number(holder.blocked_ns.load(std::memory_order_relaxed));
  add_histogram(line, histogram);
  sink.add_comment(line.c_str());
}

void write_lock_comment(const LockRecord& record, uint64_t in_progress,
                        const uint64_t (&histogram)[contention::kHistogramBuckets]) {
  base::TextOf<2048> line;
  line.add("lockwrap lock id=").add_number(locks::lock_records.index_of(&record)).add(" kind=")
      .add(locks::kind_name(record.kind)).add(" address=").add_hex(record.shown_address)
      .add(" created=").add_hex(call_at(record.created)).add(" first_use=").add_hex(call_at(record.first_use.load(std::memory_order_relaxed)))
      .add(" contentions=").add_number(record.totals.contentions)
      .add(" wait_ns=").add_number(record.totals.wait_ns)
      .add(" max_wait_ns=").add_number(record.totals.max_wait_ns)
      .add(" blamed_ns=").add_number(record.totals.blamed_ns)
      .add(" read_contentions=").add_number(record.totals.read_contentions)
      .add(" in_progress=").add_number(in_progress);
  add_histogram(line, histogram);
  const uint32_t name = record.name.load(std::memory_order_relaxed);
  if (name) line.add(" name=").add(locks::name_text(name));
  sink.add_comment(line.c_str());
}

void write_comments() {
  char path[1024];
  base::program_path(path, sizeof path);
  base::TextOf<1400> line;
  line.add("lockwrap process version=1 pid=").add_number(static_cast<uint64_t>(getpid())).add(" sample_ns=")
      .add_number(base::options.sample_us * 1000).add(" image=").add_hex(base::program.image_start).add("-")
      .add_hex(base::program.image_end).add(" program=").add(path);
  sink.add_comment(line.c_str());

  const contention::Dropped& dropped = contention::dropped();
  line.clear();
  line.add("lockwrap dropped");
  const auto add = [&](const char* name, const std::atomic<uint64_t>& counter) {
    line.add(" ").add(name).add("=").add_number(counter.load(std::memory_order_relaxed));
  };
  add("samples", dropped.samples);
  add("locks", dropped.locks);
  add("stacks", dropped.stacks);
  add("frames", dropped.frames);
  add("places", dropped.places);
  add("pairs", dropped.pairs);
  add("holders", dropped.holders);
  add("held", dropped.held);
  add("threads", dropped.threads);
  add("names", dropped.names);
  add("nested", dropped.nested);
  line.add(" addresses=").add_number(addresses_refused()).add(" timeline=").add_number(timeline_refused());
  sink.add_comment(line.c_str());

  for (uint32_t i = 1; i <= strings.label_count; ++i) {
    const LockRecord& record = *locks::lock_records.at(i);
    if (!record.ready.load(std::memory_order_acquire) || !record.totals.contentions || !is_shown(record)) continue;
    static constinit uint64_t histogram[contention::kHistogramBuckets];
    memset(histogram, 0, sizeof histogram);
    uint64_t in_progress = 0;
    contention::for_each_place_of(record, [&](const Place& place) {
      in_progress += place.pending_count;
      add_to_histogram(histogram, place.waits);
    });
    write_lock_comment(record, in_progress, histogram);
    contention::for_each_holder_of(record, write_holder_comment);
  }
}

}  // namespace

int write_profile(int descriptor) {
  const uint64_t now_ns = base::monotonic_ns();
  timespec wall;
  clock_gettime(CLOCK_REALTIME, &wall);
  sum_locks(now_ns);
  clear_addresses();
  sink.begin(descriptor);
  begin_strings();
  sink.add_number(ProfileSink::kTime,
                  static_cast<uint64_t>(wall.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(wall.tv_nsec));
  sink.add_number(ProfileSink::kDuration, now_ns - contention::process_state().start_ns.load(std::memory_order_relaxed));
  write_samples();
  write_timeline(sink, now_ns, strings.label_count);
  write_mappings_and_locations();
  write_comments();
  return sink.finish();
}

}  // namespace lockwrap::report
