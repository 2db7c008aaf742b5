// allocator_stress ALLOCATOR MILLISECONDS: sixteen threads that allocate and free, and hand blocks over to each other, with all locks of the
// program and of the allocator watched. Each block is filled and checked, so a broken lock shows as a broken block.
//
// ALLOCATOR must be the one whose malloc this is: it is asked whether a block is its own. The questions are weak references, so that one object file
// serves all of them.
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/wrap/test_support.h"

extern "C" {
__attribute__((weak)) int mallctl(const char* name, void* old, size_t* old_size, void* replacement, size_t size);  // jemalloc
__attribute__((weak)) bool mi_is_in_heap_region(const void* block);                                               // mimalloc
__attribute__((weak)) int MallocExtension_GetOwnership(const void* block);                                        // tcmalloc
}

// The report names it.
std::mutex exchange;

namespace {

struct Block {
  unsigned char* bytes = nullptr;
  size_t size = 0;
  unsigned char mark = 0;
};
Block exchanged;  // under `exchange`
std::atomic<pid_t> first_thread;

constexpr size_t kAsked = 1000;

bool is_of_jemalloc() {
  uint64_t before = 0, after = 0;
  size_t size = sizeof before;
  if (!mallctl || mallctl("thread.allocated", &before, &size, nullptr, 0) != 0) return false;
  void* volatile block = malloc(kAsked);
  CHECK(mallctl("thread.allocated", &after, &size, nullptr, 0) == 0);
  free(block);
  return after >= before + kAsked;
}

// What is known of glibc's blocks: their size, with that of the header, stands before them.
bool is_of_glibc() {
  void* volatile block = malloc(kAsked);
  const size_t chunk = static_cast<size_t*>(block)[-1] & ~size_t{7};
  free(block);
  return chunk == (kAsked + sizeof(size_t) + 15) / 16 * 16;
}

bool is_in_use(const std::string& allocator) {
  void* volatile block = malloc(kAsked);
  const bool is_of_mimalloc = mi_is_in_heap_region && mi_is_in_heap_region(block);
  const bool is_of_tcmalloc = MallocExtension_GetOwnership && MallocExtension_GetOwnership(block) == 1;
  free(block);
  if (allocator == "mimalloc") return is_of_mimalloc;
  if (allocator == "tcmalloc") return is_of_tcmalloc;
  if (is_of_mimalloc || is_of_tcmalloc) return false;
  return allocator == "jemalloc" ? is_of_jemalloc() : allocator == "glibc" && !is_of_jemalloc() && is_of_glibc();
}

void renew(Block& block, unsigned seed) {
  if (block.bytes) CHECK(block.bytes[0] == block.mark && block.bytes[block.size - 1] == block.mark);
  free(block.bytes);
  block.size = 1 + (seed >> 8) % (seed % 50 == 0 ? 100'000 : 3000);
  block.mark = static_cast<unsigned char>(seed >> 24);
  block.bytes = static_cast<unsigned char*>(malloc(block.size));
  CHECK(block.bytes);
  memset(block.bytes, block.mark, block.size);
}

void allocate_until(const timespec& until, unsigned seed) {
  pid_t none = 0;
  first_thread.compare_exchange_strong(none, thread_id());
  exchange.lock();  // the first thread waits, on any machine
  exchange.unlock();
  std::vector<Block> blocks(256);
  while (!is_past(CLOCK_MONOTONIC, until)) {
    for (int i = 0; i < 200; ++i) {
      seed = seed * 1103515245 + 12345;
      renew(blocks[(seed >> 16) % blocks.size()], seed);
      if (i % 20 != 0) continue;
      const std::lock_guard<std::mutex> held(exchange);
      std::swap(exchanged, blocks[(seed >> 16) % blocks.size()]);
      renew(exchanged, seed);
    }
  }
  for (Block& block : blocks) free(block.bytes);
  CHECK_HELD(0);
}

}  // namespace

int main(int count, char** arguments) {
  CHECK(count == 3);
  CHECK(is_in_use(arguments[1]));
  const timespec until = after_ms(CLOCK_MONOTONIC, atol(arguments[2]));
  std::vector<std::thread> threads;
  exchange.lock();
  for (unsigned seed = 1; seed <= 16; ++seed) threads.emplace_back(allocate_until, until, seed);
  wait_until_asleep(first_thread);
  exchange.unlock();
  for (std::thread& thread : threads) thread.join();
  CHECK(is_in_use(arguments[1]));
  free(exchanged.bytes);
}
