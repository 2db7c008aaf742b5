#include "report/lock_stacks.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "base/long_work.h"
#include "names/function_name.h"
#include "names/lock_plumbing.h"

namespace lockwrap::cli {
namespace {

// Names stacks one after the other. An address is named once, however many stacks it is in.
class StackNamer {
 public:
  explicit StackNamer(NamedProfile &profile) : profile_(profile) {}

  // `stack` keeps its memory from one sample to the next.
  void name(const LockSample &sample, LockStack &stack) {
    const LockRecord &lock = profile_.locks().locks.at(sample.lock_id);
    stack.side = sample.side;
    stack.lock_id = sample.lock_id;
    stack.lock = profile_.lock_names().at(sample.lock_id);
    stack.kind = lock.kind;
    stack.mode = sample.mode;
    stack.site = sample.site;
    stack.waiter_site = sample.waiter_site;
    stack.wait_ns = sample.wait_ns;
    stack.contentions = sample.contentions;
    name_frames(sample, stack.frames);
  }

 private:
  struct NamedAddress {
    std::vector<StackFrame> frames;
    size_t plumbing = 0;    // how many of them only carry the call
    std::string outermost;  // whole, with parameters
  };

  const NamedAddress &named(uint64_t address) {
    const auto [entry, is_new] = addresses_.try_emplace(address);
    NamedAddress &named = entry->second;
    if (!is_new) return named;
    const Frames &frames = profile_.frames().frames_at(address);
    for (const Frame &frame : frames) {
      if (named.plumbing == named.frames.size() && is_lock_plumbing(frame.function)) ++named.plumbing;
      named.frames.push_back({short_function_name(frame.function), frame.file, frame.line});
    }
    named.outermost = frames.back().function;
    return named;
  }

  void name_frames(const LockSample &sample, std::vector<StackFrame> &frames) {
    addresses_of_sample_.assign(sample.addresses.begin(), sample.addresses.end());
    std::vector<uint64_t> &addresses = addresses_of_sample_;
    if (addresses.empty()) addresses.push_back(sample.site);
    // On the holder side the stack is that of the release. Where the lock was taken is what counts: in the place of the innermost call if
    // that is in the same function, else before it.
    if (sample.side == Side::kHolder && sample.site != 0 && addresses.front() != sample.site) {
      if (named(addresses.front()).outermost == named(sample.site).outermost) addresses.front() = sample.site;
      else addresses.insert(addresses.begin(), sample.site);
    }
    size_t count = 0;
    const auto add = [&](const StackFrame &frame) {
      if (count == frames.size()) frames.push_back(frame);
      else frames[count] = frame;
      ++count;
    };
    for (const uint64_t address : addresses) {
      const NamedAddress &at = named(address);
      for (size_t index = count == 0 ? at.plumbing : 0; index < at.frames.size(); ++index) add(at.frames[index]);
    }
    if (count == 0) add(named(addresses.front()).frames.front());  // nothing but plumbing: a program that calls pthread in its own template of std::mutex
    frames.resize(count);
  }

  NamedProfile &profile_;
  std::unordered_map<uint64_t, NamedAddress> addresses_;
  std::vector<uint64_t> addresses_of_sample_;
};

// Samples that say the same but for their amounts, as one: in a large profile a stack is in many. In the order of the first ones.
class EqualSamples {
 public:
  struct Sum {
    const LockSample *sample;  // one of them
    int64_t wait_ns;
    int64_t contentions;
  };

  void add(const LockSample &sample, int64_t wait_ns) {
    // The profile keeps equal stacks once, so that their place in memory tells them apart.
    const Key key{sample.lock_id, sample.site, sample.addresses.data(), sample.addresses.size(), wait_ns > 0, sample.mode};
    const auto [entry, is_new] = known_.try_emplace(key, sums_.size());
    if (is_new) sums_.push_back({&sample, 0, 0});
    Sum &sum = sums_[entry->second];
    sum.wait_ns = add_saturated(sum.wait_ns, wait_ns);
    sum.contentions = add_saturated(sum.contentions, sample.contentions);
  }
  const std::vector<Sum> &sums() const { return sums_; }

 private:
  struct Key {
    uint64_t lock_id, site;
    const uint64_t *stack;
    size_t depth;
    bool has_waited;
    std::string_view mode;
    bool operator==(const Key &) const = default;
  };
  struct Hash {
    size_t operator()(const Key &key) const {
      const size_t stack = std::hash<const uint64_t *>()(key.stack);
      return ((stack * 0x9e3779b97f4a7c15) ^ key.lock_id) * 0x9e3779b97f4a7c15 + key.site + std::hash<std::string_view>()(key.mode);
    }
  };
  std::unordered_map<Key, size_t, Hash> known_;
  std::vector<Sum> sums_;
};

bool has_weight(const LockSample &sample) { return sample.wait_ns > 0 || sample.contentions > 0; }

struct Share {
  const LockSample *holder;
  int64_t wait_ns;
};

// left * part / whole without overflow; whole > 0.
int64_t part_of(int64_t amount, int64_t part, int64_t whole) {
  return static_cast<int64_t>(static_cast<long double>(amount) * static_cast<long double>(part) / static_cast<long double>(whole));
}

}  // namespace

void for_each_stack(NamedProfile &profile, Side side, const std::function<void(const LockStack &)> &see) {
  EqualSamples samples;
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side == side && has_weight(sample)) samples.add(sample, sample.wait_ns);
  }
  StackNamer namer(profile);
  LockStack stack;
  LongWork work("named", samples.sums().size(), " stacks");
  for (const EqualSamples::Sum &sum : samples.sums()) {
    work.step();
    namer.name(*sum.sample, stack);
    stack.wait_ns = sum.wait_ns;
    stack.contentions = sum.contentions;
    see(stack);
  }
}

std::vector<LockStack> stacks_of(NamedProfile &profile, Side side) {
  std::vector<LockStack> stacks;
  StackNamer namer(profile);
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side == side && has_weight(sample)) namer.name(sample, stacks.emplace_back());
  }
  std::stable_sort(stacks.begin(), stacks.end(), [](const LockStack &left, const LockStack &right) { return left.wait_ns > right.wait_ns; });
  return stacks;
}

void for_each_blamed_place(NamedProfile &profile, const std::function<void(const LockStack &)> &see_waiter,
                           const std::function<void(const LockStack *, int64_t)> &see_holder) {
  // By lock and waiting place: who waited there, and who is charged with how much of it. A holder that is charged by several places at once
  // (waiter_site 0) is shared out among all places of its lock.
  struct WaitingPlace {
    std::vector<const LockSample *> waiters;
    int64_t wait_ns = 0;
    std::vector<Share> charged;
    int64_t charged_ns = 0;
  };
  std::map<std::pair<uint64_t, uint64_t>, WaitingPlace> places;
  std::map<uint64_t, int64_t> waited_for_lock;
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side != Side::kWaiter || sample.wait_ns <= 0) continue;
    WaitingPlace &place = places[{sample.lock_id, sample.site}];
    place.waiters.push_back(&sample);
    place.wait_ns = add_saturated(place.wait_ns, sample.wait_ns);
    int64_t &lock_ns = waited_for_lock[sample.lock_id];
    lock_ns = add_saturated(lock_ns, sample.wait_ns);
  }
  const auto charge = [](WaitingPlace &place, const LockSample &holder, int64_t wait_ns) {
    if (wait_ns <= 0) return;
    place.charged.push_back({&holder, wait_ns});
    place.charged_ns = add_saturated(place.charged_ns, wait_ns);
  };
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side != Side::kHolder || sample.wait_ns <= 0) continue;
    const auto own = places.find({sample.lock_id, sample.waiter_site});
    if (sample.waiter_site != 0 && own != places.end()) {
      charge(own->second, sample, sample.wait_ns);
      continue;
    }
    const auto lock = waited_for_lock.find(sample.lock_id);
    if (lock == waited_for_lock.end() || lock->second <= 0) continue;
    for (auto place = places.lower_bound({sample.lock_id, 0}); place != places.end() && place->first.first == sample.lock_id; ++place) {
      charge(place->second, sample, part_of(sample.wait_ns, place->second.wait_ns, lock->second));
    }
  }

  StackNamer namer(profile);
  LockStack stack;
  LongWork work("named the stacks of", places.size(), " places");
  for (const auto &[key, place] : places) {
    work.step();
    EqualSamples waiters, holders;
    for (const LockSample *waiter : place.waiters) waiters.add(*waiter, waiter->wait_ns);
    for (const EqualSamples::Sum &sum : waiters.sums()) {
      namer.name(*sum.sample, stack);
      stack.wait_ns = sum.wait_ns;
      stack.contentions = sum.contentions;
      see_waiter(stack);
    }
    const int64_t whole_ns = std::max(place.wait_ns, place.charged_ns);  // holders together may be charged with a little more than was waited
    int64_t left_ns = place.wait_ns;
    for (const Share &share : place.charged) {
      const int64_t wait_ns = part_of(place.wait_ns, share.wait_ns, whole_ns);
      if (wait_ns <= 0) continue;
      holders.add(*share.holder, wait_ns);
      left_ns -= wait_ns;
    }
    for (const EqualSamples::Sum &sum : holders.sums()) {
      namer.name(*sum.sample, stack);
      see_holder(&stack, sum.wait_ns);
    }
    if (left_ns > 0) see_holder(nullptr, left_ns);
  }
}

std::vector<BlamedStack> blamed_stacks_of(NamedProfile &profile) {
  std::vector<LockStack> waiters;
  std::vector<std::pair<LockStack, int64_t>> holders;  // one without frames: nobody
  std::vector<BlamedStack> blamed;
  const auto join = [&] {
    int64_t place_ns = 0;
    for (const LockStack &waiter : waiters) place_ns = add_saturated(place_ns, waiter.wait_ns);
    for (const LockStack &waiter : waiters) {
      int64_t left_ns = waiter.wait_ns;
      for (const auto &[holder, charged_ns] : holders) {
        const int64_t wait_ns = holder.frames.empty() || place_ns <= 0 ? 0 : part_of(waiter.wait_ns, charged_ns, place_ns);
        if (wait_ns <= 0) continue;
        blamed.push_back({waiter, holder.frames, holder.mode, wait_ns});
        left_ns -= wait_ns;
      }
      if (left_ns > 0) blamed.push_back({waiter, {}, "", left_ns});
    }
    waiters.clear();
    holders.clear();
  };
  for_each_blamed_place(
      profile,
      [&](const LockStack &waiter) {
        if (!holders.empty()) join();
        waiters.push_back(waiter);
      },
      [&](const LockStack *holder, int64_t wait_ns) { holders.emplace_back(holder != nullptr ? *holder : LockStack{}, wait_ns); });
  join();
  std::stable_sort(blamed.begin(), blamed.end(),
                   [](const BlamedStack &left, const BlamedStack &right) { return left.waiter.wait_ns > right.waiter.wait_ns; });
  return blamed;
}

}  // namespace lockwrap::cli
