#include "report/thread_totals.h"

#include <algorithm>
#include <map>

namespace lockwrap::cli {

std::vector<ThreadTotal> thread_totals(const LockProfile &profile) {
  std::map<std::string, ThreadTotal> by_name;
  for (const LockSample &sample : profile.samples) {
    ThreadTotal &total = by_name[sample.thread];
    int64_t &amount = sample.side == Side::kWaiter ? total.wait_ns : total.blamed_ns;
    amount = add_saturated(amount, sample.wait_ns);
  }
  std::vector<ThreadTotal> totals;
  for (auto &[name, total] : by_name) {
    total.name = name;
    totals.push_back(std::move(total));
  }
  std::stable_sort(totals.begin(), totals.end(), [](const ThreadTotal &left, const ThreadTotal &right) { return left.wait_ns > right.wait_ns; });
  return totals;
}

}  // namespace lockwrap::cli
