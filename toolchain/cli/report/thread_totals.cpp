#include "report/thread_totals.h"

#include <algorithm>

namespace lockwrap::cli {

std::vector<ThreadTotal> thread_totals(const LockProfile &profile) {
  std::vector<ThreadTotal> totals;
  for (const auto &[name, sum] : profile.threads) totals.push_back({name, sum.wait_ns, sum.blamed_ns});
  std::stable_sort(totals.begin(), totals.end(), [](const ThreadTotal &left, const ThreadTotal &right) { return left.wait_ns > right.wait_ns; });
  return totals;
}

}  // namespace lockwrap::cli
