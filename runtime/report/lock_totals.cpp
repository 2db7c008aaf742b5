#include "runtime/report/lock_totals.h"

#include "runtime/contention/unsettled.h"

namespace lockwrap::report {

void sum_locks(uint64_t now_ns) {
  contention::collect_unsettled(now_ns);
  locks::lock_records.for_each([](locks::LockRecord& record) { record.totals = {}; });
  contention::places.for_each([](const contention::Place& place) {
    locks::LockTotals& totals = place.record->totals;
    totals.contentions += waits_of(place);
    if (place.is_reader) totals.read_contentions += waits_of(place);
    totals.wait_ns += wait_ns_of(place);
    uint64_t longest = place.waits.max_ns.load(std::memory_order_relaxed);
    if (longest < place.pending_max_ns) longest = place.pending_max_ns;
    if (totals.max_wait_ns < longest) totals.max_wait_ns = longest;
  });
  contention::pairs.for_each([](const contention::Pair& pair) { pair.record->totals.charged_ns += charged_ns_of(pair); });
  locks::lock_records.for_each([](locks::LockRecord& record) {
    locks::LockTotals& totals = record.totals;
    const bool may_be_more =
        record.kind == locks::LockKind::kRwlock || record.kind == locks::LockKind::kCustom || record.sampled.load(std::memory_order_relaxed);
    totals.blamed_ns = may_be_more && totals.charged_ns > totals.wait_ns ? totals.wait_ns : totals.charged_ns;
  });
}

}  // namespace lockwrap::report
