#include "runtime/base/arena.h"

#include <sys/mman.h>

#include "runtime/base/pages.h"

namespace lockwrap::base {

namespace {
constexpr size_t kAlignment = 64;
constexpr size_t kPage = 4096;
}  // namespace

void* map_wiped_on_fork(size_t bytes) {
  void* memory = map_pages(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
  if (memory == MAP_FAILED) return nullptr;
#ifdef MADV_WIPEONFORK
  madvise(memory, bytes, MADV_WIPEONFORK);  // where it is refused, the fork wrapper wipes
#endif
#ifdef MADV_NOHUGEPAGE
  madvise(memory, bytes, MADV_NOHUGEPAGE);  // a huge page would make a sparse table resident at its first entry
#endif
  return memory;
}

bool Arena::reserve(size_t bytes) {
  bytes = (bytes + kPage - 1) / kPage * kPage;
  memory_ = static_cast<char*>(map_wiped_on_fork(bytes));
  size_ = memory_ ? bytes : 0;
  used_ = 0;
  return memory_ != nullptr;
}

void* Arena::take(size_t bytes) {
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (bytes > size_ - used_) return nullptr;
  void* start = memory_ + used_;
  used_ += bytes;
  return start;
}

void Arena::wipe() {
  if (memory_) madvise(memory_, size_, MADV_DONTNEED);  // anonymous private pages come back as zero
}

}  // namespace lockwrap::base
