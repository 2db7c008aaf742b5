#include "runtime/report/lock_totals.h"

#include "runtime/contention/unsettled.h"

namespace lockwrap::report {

void sum_locks(uint64_t now_ns) {
  contention::collect_unsettled(now_ns);
  locks::lock_records.for_each([](locks::LockRecord& record) { record.totals = {}; });
  contention::places.for_each([](const contention::Place& place) {
    locks::LockTotals& totals = place.record->totals;
    totals.contentions += waits_of(place);
    totals.wait_ns += wait_ns_of(place);
    uint64_t longest = place.max_wait_ns.load(std::memory_order_relaxed);
    if (longest < place.pending_max_ns) longest = place.pending_max_ns;
    if (totals.max_wait_ns < longest) totals.max_wait_ns = longest;
  });
  contention::pairs.for_each([](const contention::Pair& pair) { pair.record->totals.blamed_ns += blamed_ns_of(pair); });
}

}  // namespace lockwrap::report
