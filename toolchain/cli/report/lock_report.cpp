// Locks of one name and kind become a row; the samples are added up by place. Equal amounts are ordered by name, so that
// the same profile gives the same report.
#include "report/lock_report.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/duration_text.h"
#include "base/long_work.h"
#include "names/function_name.h"

namespace lockwrap::cli {
namespace {

struct Amount {
  int64_t wait_ns = 0;
  int64_t contentions = 0;

  template <typename Other>
  void add(const Other &other) {
    wait_ns = add_saturated(wait_ns, other.wait_ns);
    contentions = add_saturated(contentions, other.contentions);
  }
};

using PlaceInMode = std::pair<Place, std::string>;

struct RowSums {
  LockRow row;
  std::map<PlaceInMode, Amount> waits_in;
  std::map<PlaceInMode, Amount> held_by;
  std::map<PlaceInMode, HoldTimes> hold_times;
  std::map<uint64_t, std::set<PlaceInMode>> holders_at;  // by site: several when the site is lock plumbing
  std::map<std::pair<Place, Place>, Amount> pairs;
};

// One function may be called "flush()" where it was inlined (DWARF has no parameters at hand) and "flush(int)" where it
// was not: one line of source is one place, under the first name that was met.
class PlaceNames {
 public:
  const Place &canonical(const Place &place) {
    return names_.try_emplace({short_function_name(place.function), place.file, place.line}, place).first->second;
  }

 private:
  std::map<Place, Place> names_;
};

// A sum for each waiting or holding place of a row, by where LockPlaces keeps the place: a large profile has a hundred samples a place.
struct SampleKey {
  RowSums *row;
  Side side;
  const Place *place;
  uint64_t lock_id;  // the waiting place is found by lock and site
  uint64_t site, waiter_site;  // of a holder
  std::string_view mode;
  auto operator<=>(const SampleKey &) const = default;
};

struct SampleKeyHash {
  size_t operator()(const SampleKey &key) const {
    const auto mixed = [](size_t hash, uint64_t number) { return (hash ^ number) * 0x9e3779b97f4a7c15 + (hash >> 29); };
    return mixed(mixed(mixed(mixed(reinterpret_cast<uintptr_t>(key.place), key.lock_id), key.site), key.waiter_site), key.mode.size());
  }
};

void add_lock(LockRow &row, const LockRecord &lock, bool is_max_a_bound) {
  row.instances = static_cast<size_t>(add_saturated(static_cast<int64_t>(row.instances), lock.instances));
  row.contentions = add_saturated(row.contentions, lock.contentions);
  row.read_contentions = add_saturated(row.read_contentions, lock.read_contentions);
  row.wait_ns = add_saturated(row.wait_ns, lock.wait_ns);
  row.blamed_ns = add_saturated(row.blamed_ns, lock.blamed_ns);
  if (lock.max_wait_ns >= row.max_wait_ns) row.is_max_a_bound = is_max_a_bound && (row.is_max_a_bound || lock.max_wait_ns > row.max_wait_ns);
  row.max_wait_ns = std::max(row.max_wait_ns, lock.max_wait_ns);
  for (const auto &[bucket, count] : lock.histogram) {
    row.histogram[bucket] = add_saturated(row.histogram[bucket], count);
  }
}

void add_samples(const SampleKey &key, const Amount &amount, LockPlaces &places, PlaceNames &names) {
  RowSums &sums = *key.row;
  const Place &place = names.canonical(*key.place);
  const std::string mode(key.mode);
  if (key.side == Side::kWaiter) return sums.waits_in[{place, mode}].add(amount);
  sums.held_by[{place, mode}].add(amount);
  sums.holders_at[key.site].insert({place, mode});
  sums.pairs[{names.canonical(places.of_address(key.lock_id, key.waiter_site)), place}].add(amount);
  sums.row.holds = add_saturated(sums.row.holds, amount.contentions);
}

// A site that several functions go through tells the lock's times, but not whose they are.
void add_holder(RowSums &sums, const HolderRecord &holder) {
  sums.row.hold_times.add(holder.times);
  const auto places = sums.holders_at.find(holder.site);
  if (places != sums.holders_at.end() && places->second.size() == 1) sums.hold_times[*places->second.begin()].add(holder.times);
}

template <typename Total>
void sort_by_wait(std::vector<Total> &totals) {
  std::stable_sort(totals.begin(), totals.end(), [](const Total &left, const Total &right) {
    return std::tie(left.wait_ns, left.contentions) > std::tie(right.wait_ns, right.contentions);
  });
}

LockRow finish(RowSums &sums) {
  LockRow row = std::move(sums.row);
  int64_t attributed_ns = 0;
  for (const auto &[place, amount] : sums.waits_in) row.waits_in.push_back({place.first, place.second, amount.wait_ns, amount.contentions, {}});
  for (const auto &[place, amount] : sums.held_by) {
    row.held_by.push_back({place.first, place.second, amount.wait_ns, amount.contentions, sums.hold_times[place]});
    attributed_ns = add_saturated(attributed_ns, amount.wait_ns);
  }
  for (const auto &[pair, amount] : sums.pairs) {
    row.pairs.push_back({pair.first, pair.second, amount.wait_ns, amount.contentions});
  }
  row.unattributed_ns = std::max<int64_t>(row.wait_ns - attributed_ns, 0);
  sort_by_wait(row.waits_in);
  sort_by_wait(row.held_by);
  sort_by_wait(row.pairs);
  return row;
}

int64_t sort_key(const LockRow &row, const ReportOptions &options) {
  const bool is_blame = options.side == Side::kHolder;
  switch (options.by) {
    case SortBy::kCount: return is_blame ? row.holds : row.contentions;
    case SortBy::kMaximum: return is_blame ? row.hold_times.max_hold_ns : row.max_wait_ns;
    case SortBy::kWait: break;
  }
  return is_blame ? row.blamed_ns : row.wait_ns;
}

}  // namespace

LockReport make_report(const LockProfile &profile, LockPlaces &places, const std::map<uint64_t, std::string> &lock_names,
                       const ReportOptions &options) {
  LockReport report{profile.program, profile.pid, profile.duration_ns, profile.files, {}, 0, 0, profile.dropped};
  std::map<std::pair<std::string, std::string>, RowSums> rows;
  std::map<uint64_t, RowSums *> row_of_lock;
  for (const auto &[id, lock] : profile.locks) {
    if (lock.contentions == 0 && lock.wait_ns == 0 && lock.blamed_ns == 0) continue;
    RowSums &sums = rows[{lock_names.at(id), lock.kind}];
    // A merged profile has the addresses of variables alone.
    sums.row.is_one_a_process = sums.row.instances == 0 && profile.files > 1 && lock.address != 0 && lock.instances <= profile.files;
    sums.row.processes = profile.files > 1 ? profile.files : 0;
    sums.row.name = lock_names.at(id);
    sums.row.kind = lock.kind;
    add_lock(sums.row, lock, options.bounded_maxima.count(id) > 0);
    row_of_lock[id] = &sums;
  }
  PlaceNames place_names;
  std::unordered_map<SampleKey, size_t, SampleKeyHash> indexes;
  std::vector<std::pair<const SampleKey *, Amount>> amounts;  // in the order of the file, which decides between names of one place
  LongWork work("named and added up", profile.samples.size(), " samples");
  for (const LockSample &sample : profile.samples) {
    work.step();
    const auto row = row_of_lock.find(sample.lock_id);
    if (row == row_of_lock.end()) continue;
    const bool is_holder = sample.side == Side::kHolder;
    const SampleKey key{row->second, sample.side, &places.of_sample(sample), sample.lock_id, is_holder ? sample.site : 0,
                        is_holder ? sample.waiter_site : 0, sample.mode};
    const auto [entry, is_new] = indexes.try_emplace(key, amounts.size());
    if (is_new) amounts.emplace_back(&entry->first, Amount());
    amounts[entry->second].second.add(sample);
  }
  for (const auto &[key, amount] : amounts) add_samples(*key, amount, places, place_names);
  for (const HolderRecord &holder : profile.holders) {
    const auto entry = row_of_lock.find(holder.lock_id);
    if (entry != row_of_lock.end()) add_holder(*entry->second, holder);
  }
  for (auto &[key, sums] : rows) {
    report.rows.push_back(finish(sums));
    report.wait_ns = add_saturated(report.wait_ns, report.rows.back().wait_ns);
  }
  std::stable_sort(report.rows.begin(), report.rows.end(), [&](const LockRow &left, const LockRow &right) {
    return sort_key(left, options) > sort_key(right, options);
  });
  hide_rows(report, options.top);
  return report;
}

std::string instances_text(const LockRow &row) {
  if (row.instances <= 1) return "";
  if (row.is_one_a_process) return "in " + std::to_string(row.instances) + " processes";
  const std::string locks = count_text(row.instances, "lock");
  return row.processes > 1 ? locks + " in " + std::to_string(row.processes) + " processes" : locks;
}

void hide_rows(LockReport &report, size_t top) {
  if (top == 0 || report.rows.size() <= top) return;
  report.hidden_rows += report.rows.size() - top;
  report.rows.resize(top);
}

}  // namespace lockwrap::cli
