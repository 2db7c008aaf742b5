// The runtime writes what each thread saw; what only several threads together know is put together here: since when the lock was held,
// where that was not measured, and which holds are not over yet.
#include "profile/timeline.h"

#include <algorithm>
#include <limits>
#include <protozero/pbf_reader.hpp>
#include <tuple>

#include "profile/comment_line.h"
#include "base/error.h"

namespace lockwrap::cli {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr protozero::pbf_tag_type kEvent = 1001, kStack = 1002, kThread = 1003;  // of the profile
// Of an event; of a stack and of a thread the number is 1, what it stands for 2.
constexpr protozero::pbf_tag_type kKind = 1, kThreadId = 2, kLock = 3, kBegin = 4, kEnd = 5, kSite = 6, kStackId = 7, kIsReader = 8, kOutcome = 9,
                                  kHolder = 10, kHolderSite = 11;
constexpr uint64_t kWaitKind = 1, kHoldKind = 2, kGivenUpOutcome = 2;

using Numbers = std::map<protozero::pbf_tag_type, uint64_t>;

// All numbers of a message, by field; what is no number is left to `other`, which returns whether it has read it.
template <typename Other>
Numbers numbers_of(pbf_reader message, Other other) {
  Numbers numbers;
  while (message.next()) {
    if (message.wire_type() == pbf_wire_type::varint) numbers[message.tag()] = message.get_uint64();
    else if (message.wire_type() != pbf_wire_type::length_delimited || !other(message)) message.skip();
  }
  return numbers;
}

uint64_t at(const Numbers &numbers, protozero::pbf_tag_type field) {
  const auto entry = numbers.find(field);
  return entry == numbers.end() ? 0 : entry->second;
}

class Reader {
 public:
  Reader(Timeline &timeline, const LockProfile &locks, uint64_t start_ns, uint64_t now_ns)
      : timeline_(timeline), locks_(locks), start_ns_(start_ns), now_ns_(now_ns) {}

  // False: damaged.
  bool read(std::string_view unknown_fields) {
    pbf_reader fields{unknown_fields.data(), unknown_fields.size()};
    while (fields.next()) {
      if (fields.wire_type() != pbf_wire_type::length_delimited) {
        fields.skip();
        continue;
      }
      const protozero::pbf_tag_type field = fields.tag();
      if (field == kStack) read_stack(fields.get_message());
      else if (field == kThread) read_thread(fields.get_message());
      else if (field != kEvent) fields.skip();
      else if (!read_event(fields.get_message())) return false;
    }
    return true;
  }

 private:
  void read_stack(const pbf_reader &message) {
    std::vector<uint64_t> addresses;
    const Numbers numbers = numbers_of(message, [&](pbf_reader &field) {
      if (field.tag() != 2) return false;
      for (const uint64_t address : field.get_packed_uint64()) addresses.push_back(address);
      return true;
    });
    timeline_.stacks[at(numbers, 1)] = std::move(addresses);
  }

  void read_thread(const pbf_reader &message) {
    std::string name;
    const Numbers numbers = numbers_of(message, [&](pbf_reader &field) {
      if (field.tag() != 2) return false;
      name = field.get_string();
      return true;
    });
    timeline_.thread_names[at(numbers, 1)] = name;
  }

  // The monotonic clock's time since the profile began. False: after it was written.
  bool time(uint64_t clock_ns, int64_t &since_start_ns) const {
    if (clock_ns > now_ns_) return false;
    since_start_ns = clock_ns < start_ns_ ? 0 : static_cast<int64_t>(clock_ns - start_ns_);
    return true;
  }

  bool read_event(const pbf_reader &message) {
    const Numbers event = numbers_of(message, [](pbf_reader &) { return false; });
    const uint64_t kind = at(event, kKind);
    const uint64_t end_ns = event.count(kEnd) != 0 ? at(event, kEnd) : now_ns_;
    int64_t begin = 0, end = 0;
    if (!time(at(event, kBegin), begin) || !time(end_ns, end) || begin > end) return false;
    if (locks_.locks.count(at(event, kLock)) == 0) return true;  // of a reset profile: nothing else is known of it
    if (kind == kWaitKind) {
      TimelineWait wait;
      wait.thread = at(event, kThreadId);
      wait.lock_id = at(event, kLock);
      wait.begin_ns = begin;
      wait.end_ns = end;
      if (event.count(kEnd) != 0) wait.outcome = at(event, kOutcome) == kGivenUpOutcome ? WaitOutcome::kGivenUp : WaitOutcome::kAcquired;
      wait.is_reader = at(event, kIsReader) != 0;
      wait.site = at(event, kSite);
      wait.stack = &timeline_.stacks[at(event, kStackId)];
      wait.holder = at(event, kHolder);
      wait.holder_site = at(event, kHolderSite);
      timeline_.waits.push_back(wait);
    } else if (kind == kHoldKind) {
      const bool is_begin_known = event.count(kBegin) != 0;
      timeline_.holds.push_back({at(event, kThreadId), at(event, kLock), is_begin_known ? begin : end, end, is_begin_known, false,
                                 at(event, kIsReader) != 0, at(event, kSite)});
    }
    return true;
  }

  Timeline &timeline_;
  const LockProfile &locks_;
  uint64_t start_ns_, now_ns_;
};

// A hold that began before anybody waited was not timed: it lasted at least since the first wait that saw this holder, after the lock was
// released by somebody the last time before. Without such a wait in the file nothing is known of its length.
void complete_beginnings(Timeline &timeline) {
  std::map<uint64_t, std::vector<const TimelineWait *>> waits;  // by lock, in order
  for (const TimelineWait &wait : timeline.waits) waits[wait.lock_id].push_back(&wait);
  std::map<uint64_t, int64_t> released_ns;  // by lock
  for (TimelineHold &hold : timeline.holds) {
    const auto [before, is_first] = released_ns.try_emplace(hold.lock_id, -1);
    if (!hold.is_begin_known) {
      const auto &candidates = waits[hold.lock_id];
      auto wait = std::upper_bound(candidates.begin(), candidates.end(), before->second,
                                   [](int64_t time, const TimelineWait *candidate) { return time < candidate->begin_ns; });
      for (; wait != candidates.end() && (*wait)->begin_ns < hold.end_ns; ++wait) {
        if ((*wait)->thread == hold.thread || ((*wait)->holder != 0 && (*wait)->holder != hold.thread)) continue;
        hold.begin_ns = (*wait)->begin_ns;
        break;
      }
    }
    before->second = hold.end_ns;
  }
}

// What threads wait for now is held by those whom they found there, unless anybody has released it or got it since.
void add_present_holds(Timeline &timeline) {
  std::map<uint64_t, int64_t> changed_ns;  // by lock
  for (const TimelineHold &hold : timeline.holds) changed_ns[hold.lock_id] = hold.end_ns;
  for (const TimelineWait &wait : timeline.waits) {
    int64_t &changed = changed_ns[wait.lock_id];
    if (wait.outcome == WaitOutcome::kAcquired) changed = std::max(changed, wait.end_ns);
  }
  std::map<std::pair<uint64_t, uint64_t>, TimelineHold> present;
  for (const TimelineWait &wait : timeline.waits) {
    const std::pair<uint64_t, uint64_t> key{wait.holder, wait.lock_id};
    if (wait.outcome != WaitOutcome::kGoesOn || wait.holder == 0 || wait.holder == wait.thread) continue;
    if (changed_ns[wait.lock_id] > wait.begin_ns) continue;
    present.try_emplace(key, TimelineHold{wait.holder, wait.lock_id, wait.begin_ns, timeline.written_ns, false, true, false, wait.holder_site});
  }
  for (const auto &[key, hold] : present) timeline.holds.push_back(hold);
}

}  // namespace

std::vector<Handover> handovers_of(const Timeline &timeline) {
  std::map<uint64_t, std::vector<const TimelineHold *>> holds;  // by lock, in the order of their ends
  for (const TimelineHold &hold : timeline.holds) {
    if (!hold.goes_on) holds[hold.lock_id].push_back(&hold);
  }
  std::vector<Handover> handovers;
  for (const TimelineWait &wait : timeline.waits) {
    const auto of_lock = holds.find(wait.lock_id);
    if (wait.outcome != WaitOutcome::kAcquired || of_lock == holds.end()) continue;
    auto hold = std::upper_bound(of_lock->second.begin(), of_lock->second.end(), wait.end_ns,
                                 [](int64_t time, const TimelineHold *candidate) { return time < candidate->end_ns; });
    while (hold != of_lock->second.begin() && (*--hold)->end_ns >= wait.begin_ns) {
      if ((*hold)->thread == wait.thread) continue;
      handovers.push_back({*hold, &wait});
      break;
    }
  }
  return handovers;
}

Timeline read_timeline(const Profile &profile, const LockProfile &locks, const std::string &path) {
  Timeline timeline;
  uint64_t now_ns = 0;
  for (const int64_t index : profile.comments) {
    const CommentLine line = parse_comment(profile.text(index));
    if (line.kind != "timeline") continue;
    now_ns = line.number("now_ns");
    timeline.overwritten = add_saturated(timeline.overwritten, line.amount("overwritten"));
  }
  if (now_ns == 0) {
    throw file_error(path, "has no timeline; run the program with LOCKWRAP_OPTIONS=timeline_kb=64:profile_path=... to get one");
  }
  timeline.written_ns = std::clamp<int64_t>(profile.duration_ns, 0, std::numeric_limits<int64_t>::max() / 2);
  const uint64_t start_ns = now_ns - std::min(now_ns, static_cast<uint64_t>(timeline.written_ns));
  bool is_whole = false;
  try {
    is_whole = Reader(timeline, locks, start_ns, now_ns).read(profile.unknown_fields);
  } catch (const protozero::exception &) {
  }
  if (!is_whole) throw file_error(path, "is damaged (its timeline); copy it again or let the program write it again");
  std::sort(timeline.waits.begin(), timeline.waits.end(), [](const TimelineWait &left, const TimelineWait &right) {
    return std::tie(left.begin_ns, right.end_ns, left.thread) < std::tie(right.begin_ns, left.end_ns, right.thread);
  });
  std::sort(timeline.holds.begin(), timeline.holds.end(), [](const TimelineHold &left, const TimelineHold &right) {
    return std::tie(left.end_ns, left.thread) < std::tie(right.end_ns, right.thread);
  });
  complete_beginnings(timeline);
  add_present_holds(timeline);
  return timeline;
}

}  // namespace lockwrap::cli
