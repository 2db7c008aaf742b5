// Sixteen threads that allocate and free through one arena of jemalloc, for some seconds, all of the allocator's locks watched.
// Each block is filled and checked, so a broken lock shows as a broken block.
#include <thread>
#include <vector>

#include "test_support.h"

int main() {
  const timespec until = after_ms(CLOCK_MONOTONIC, 2500);
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 16; ++seed) {
    threads.emplace_back([=]() mutable {
      struct Block {
        unsigned char* bytes = nullptr;
        size_t size = 0;
        unsigned char mark = 0;
      };
      std::vector<Block> blocks(256);
      while (!is_past(CLOCK_MONOTONIC, until)) {
        for (int i = 0; i < 200; ++i) {
          seed = seed * 1103515245 + 12345;
          Block& block = blocks[(seed >> 16) % blocks.size()];
          if (block.bytes) CHECK(block.bytes[0] == block.mark && block.bytes[block.size - 1] == block.mark);
          free(block.bytes);
          block.size = 1 + (seed >> 8) % (seed % 50 == 0 ? 100'000 : 3000);
          block.mark = static_cast<unsigned char>(seed >> 24);
          block.bytes = static_cast<unsigned char*>(malloc(block.size));
          CHECK(block.bytes);
          memset(block.bytes, block.mark, block.size);
        }
      }
      for (Block& block : blocks) free(block.bytes);
      CHECK_HELD(0);
    });
  }
  for (std::thread& thread : threads) thread.join();
}
