#include "lock_stacks.h"

#include <algorithm>
#include <map>

#include "function_name.h"
#include "lock_plumbing.h"

namespace lockwrap::cli {
namespace {

std::vector<StackFrame> named_frames(const LockSample &sample, FrameSource &source) {
  std::vector<uint64_t> addresses = sample.addresses;
  if (addresses.empty()) addresses.push_back(sample.site);
  // On the holder side the stack is that of the release. Where the lock was taken is what counts: in the place of the innermost call if
  // that is in the same function, else before it.
  if (sample.side == Side::kHolder && sample.site != 0 && addresses.front() != sample.site) {
    const bool is_same = source.frames_at(addresses.front()).back().function == source.frames_at(sample.site).back().function;
    if (is_same) addresses.front() = sample.site;
    else addresses.insert(addresses.begin(), sample.site);
  }

  std::vector<StackFrame> frames;
  for (const uint64_t address : addresses) {
    for (const Frame &frame : source.frames_at(address)) {
      if (frames.empty() && is_lock_plumbing(frame.function)) continue;
      frames.push_back({short_function_name(frame.function), frame.file, frame.line});
    }
  }
  if (frames.empty()) {  // nothing but plumbing: a program that calls pthread in its own template of std::mutex
    const Frame &innermost = source.frames_at(addresses.front()).front();
    frames.push_back({short_function_name(innermost.function), innermost.file, innermost.line});
  }
  return frames;
}

struct Share {
  const LockStack *holder;
  int64_t wait_ns;
};

// left * part / whole without overflow; whole > 0.
int64_t part_of(int64_t amount, int64_t part, int64_t whole) {
  return static_cast<int64_t>(static_cast<long double>(amount) * static_cast<long double>(part) / static_cast<long double>(whole));
}

}  // namespace

std::vector<LockStack> stacks_of(NamedProfile &profile, Side side) {
  std::vector<LockStack> stacks;
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side != side || (sample.wait_ns <= 0 && sample.contentions <= 0)) continue;
    const LockRecord &lock = profile.locks().locks.at(sample.lock_id);
    stacks.push_back({side, sample.lock_id, profile.lock_names().at(sample.lock_id), lock.kind, sample.mode, sample.site,
                      sample.waiter_site, named_frames(sample, profile.frames()), sample.wait_ns, sample.contentions});
  }
  std::stable_sort(stacks.begin(), stacks.end(), [](const LockStack &left, const LockStack &right) { return left.wait_ns > right.wait_ns; });
  return stacks;
}

std::vector<BlamedStack> blamed_stacks_of(NamedProfile &profile) {
  const std::vector<LockStack> waiters = stacks_of(profile, Side::kWaiter);
  const std::vector<LockStack> holders = stacks_of(profile, Side::kHolder);

  // By lock and waiting place: what was waited there in all, and who is charged with how much of it. A holder that is charged by several
  // places at once (waiter_site 0) is shared out among all places of its lock.
  using Key = std::pair<uint64_t, uint64_t>;
  std::map<Key, int64_t> waited;
  std::map<uint64_t, int64_t> waited_for_lock;
  for (const LockStack &waiter : waiters) {
    int64_t &place = waited[{waiter.lock_id, waiter.site}];
    place = add_saturated(place, waiter.wait_ns);
    int64_t &lock = waited_for_lock[waiter.lock_id];
    lock = add_saturated(lock, waiter.wait_ns);
  }
  std::map<Key, std::vector<Share>> charged;
  for (const LockStack &holder : holders) {
    if (holder.waiter_site != 0 && waited.count({holder.lock_id, holder.waiter_site}) != 0) {
      charged[{holder.lock_id, holder.waiter_site}].push_back({&holder, holder.wait_ns});
      continue;
    }
    const auto lock = waited_for_lock.find(holder.lock_id);
    if (lock == waited_for_lock.end() || lock->second <= 0) continue;
    for (auto place = waited.lower_bound({holder.lock_id, 0}); place != waited.end() && place->first.first == holder.lock_id; ++place) {
      charged[place->first].push_back({&holder, part_of(holder.wait_ns, place->second, lock->second)});
    }
  }

  std::vector<BlamedStack> blamed;
  for (const LockStack &waiter : waiters) {
    const int64_t place_ns = waited[{waiter.lock_id, waiter.site}];
    int64_t charged_ns = 0;
    const std::vector<Share> &shares = charged[{waiter.lock_id, waiter.site}];
    for (const Share &share : shares) charged_ns = add_saturated(charged_ns, share.wait_ns);
    const int64_t whole_ns = std::max(place_ns, charged_ns);  // holders together may be charged with a little more than was waited
    int64_t left_ns = waiter.wait_ns;
    for (const Share &share : shares) {
      const int64_t wait_ns = whole_ns > 0 ? part_of(waiter.wait_ns, share.wait_ns, whole_ns) : 0;
      if (wait_ns <= 0) continue;
      blamed.push_back({waiter, share.holder->frames, share.holder->mode, wait_ns});
      left_ns -= wait_ns;
    }
    if (left_ns > 0) blamed.push_back({waiter, {}, "", left_ns});
  }
  return blamed;
}

}  // namespace lockwrap::cli
