// Mangled names: a library's inline namespaces (absl::debian3::Mutex) are between its own name and the class's.
#include "check/unseen_locks.h"

#include <iterator>
#include <string_view>

namespace lockwrap::cli {
namespace {

struct LockKind {
  const char *label;
  std::string_view start;  // of the mangled name
  std::string_view part;   // that is in it
};
constexpr LockKind kKinds[] = {
    {"absl::Mutex", "_ZN4absl", "5Mutex4Lock"},
    {"folly's locks", "_ZN5folly", "SharedMutex"},
    {"folly's locks", "_ZN5folly", "8MicroLock"},
    {"TBB's locks", "_ZN3tbb", "mutex"},
    {"OpenMP's locks", "GOMP_critical_start", ""},
    {"OpenMP's locks", "omp_set_lock", ""},
    {"Go's sync.Mutex", "sync.(*Mutex)", ""},
    {"Go's sync.Mutex", "internal/sync.(*Mutex)", ""},
    {"Rust's std::sync::Mutex", "_ZN3std3sys", "5futex5Mutex"},
    {"parking_lot's locks", "_ZN11parking_lot", "raw_mutex"},
    {"std::atomic::wait, std::counting_semaphore, std::latch or std::barrier", "_ZNSt8__detail", "__platform_wait"}};

}  // namespace

std::vector<std::string> find_unseen_locks(const ProgramFunctions &functions, const DynamicLinks &links) {
  bool is_found[std::size(kKinds)] = {};
  const auto look_at = [&is_found](std::string_view name) {
    for (size_t index = 0; index < std::size(kKinds); ++index) {
      if (name.starts_with(kKinds[index].start) && name.find(kKinds[index].part) != std::string_view::npos) is_found[index] = true;
    }
  };
  for (const FunctionSymbol &symbol : functions.functions()) look_at(symbol.name);
  for (const FunctionImport &import : links.imports()) look_at(import.name);
  std::vector<std::string> labels;
  for (size_t index = 0; index < std::size(kKinds); ++index) {
    if (is_found[index] && (labels.empty() || labels.back() != kKinds[index].label)) labels.push_back(kKinds[index].label);
  }
  return labels;
}

}  // namespace lockwrap::cli
