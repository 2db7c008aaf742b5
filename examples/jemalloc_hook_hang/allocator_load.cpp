// allocator_load: four threads that do nothing but allocate and free, so that jemalloc's own locks are what they wait
// for. The same source is linked twice, with dlsym_hook.cpp and with lockwrap.
//
// What happens: with the dlsym hook it hangs before main (dlsym_hook.cpp says why). With lockwrap it runs, and the
// report shows locks inside jemalloc, an arena's bin and its free extents, with the functions of jemalloc that waited
// and those that held them. These holds are very short: for a good part of the waiting nobody held the lock any more
// and the woken thread did not run yet. So the advice is to take them less often, which is what jemalloc's caches in
// the threads are for.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// Read by jemalloc at its start. One arena and no caches in the threads: a busy allocator made from a small program.
extern "C" {
extern const char *malloc_conf;
const char *malloc_conf = "narenas:1,tcache:false";
}

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 1'000'000;

// A request buffer and a reply: small ones from the arena's bins, sometimes a large one from its extents.
size_t serve_request(int round) {
  const std::string request(100 + round % 7, 'q');
  const size_t reply_bytes = round % 64 == 0 ? 100'000 : 200;
  const std::unique_ptr<char[]> reply(new char[reply_bytes]);
  reply[0] = request.back();
  return request.size() + (reply[0] == 'q' ? 1 : 0);
}

}  // namespace

int main() {
  std::vector<size_t> sums(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.emplace_back([&sum = sums[static_cast<size_t>(number)]] {
        for (int round = 0; round < kRounds; ++round) {
          sum += serve_request(round);
        }
      });
    }
  }
  size_t total = 0;
  for (const size_t sum : sums) {
    total += sum;
  }
  std::printf("allocator_load: %d requests served, checksum %zu\n", kThreads * kRounds, total);
}
