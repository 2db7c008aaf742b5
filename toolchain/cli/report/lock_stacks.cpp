#include "report/lock_stacks.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace lockwrap::cli {
namespace {

class StackMaker {
 public:
  explicit StackMaker(NamedProfile &profile) : profile_(profile) {
    for (const auto &[id, lock] : profile.locks().locks) locks_.emplace(id, Texts{profile.lock_names().at(id), lock.kind});
  }

  LockStack stack_of(const LockSample &sample) {
    const Texts &texts = locks_.at(sample.lock_id);
    LockStack stack;
    stack.side = sample.side;
    stack.lock_id = sample.lock_id;
    stack.lock = texts.name;
    stack.kind = texts.kind;
    stack.mode = sample.mode;
    stack.wait_ns = sample.wait_ns;
    stack.contentions = sample.contentions;
    stack.source = &profile_.stack_names();
    stack.number = static_cast<size_t>(&sample - profile_.locks().samples.data());
    return stack;
  }

 private:
  struct Texts {
    std::string_view name, kind;
  };
  NamedProfile &profile_;
  std::unordered_map<uint64_t, Texts> locks_;
};

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
  StackMaker maker(profile);
  for (const LockSample &sample : profile.locks().samples) {
    if (sample.side == side && (sample.wait_ns > 0 || sample.contentions > 0)) see(maker.stack_of(sample));
  }
}

std::vector<LockStack> stacks_of(NamedProfile &profile, Side side) {
  std::vector<LockStack> stacks;
  for_each_stack(profile, side, [&](const LockStack &stack) { stacks.push_back(stack); });
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

  StackMaker maker(profile);
  for (const auto &[key, place] : places) {
    for (const LockSample *waiter : place.waiters) see_waiter(maker.stack_of(*waiter));
    const int64_t whole_ns = std::max(place.wait_ns, place.charged_ns);  // holders together may be charged with a little more than was waited
    int64_t left_ns = place.wait_ns;
    for (const Share &share : place.charged) {
      const int64_t wait_ns = part_of(place.wait_ns, share.wait_ns, whole_ns);
      if (wait_ns <= 0) continue;
      const LockStack stack = maker.stack_of(*share.holder);
      see_holder(&stack, wait_ns);
      left_ns -= wait_ns;
    }
    if (left_ns > 0) see_holder(nullptr, left_ns);
  }
}

}  // namespace lockwrap::cli
