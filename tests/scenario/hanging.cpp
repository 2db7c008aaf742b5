// hanging: a service that hangs: one thread holds the lock, three sleep in it. It goes on when a line comes in on stdin.
#include "scenario.h"

static std::mutex disk;
static std::atomic<bool> is_held = false;
static std::atomic<pid_t> server_ids[3];

NOINLINE static void write_snapshot() {
  const std::lock_guard guard(disk);
  is_held = true;
  for (const auto& id : server_ids) wait_until_asleep(id);
  puts("hanging=1");
  fflush(stdout);
  char line[16];
  CHECK(read(0, line, sizeof line) > 0);
}

NOINLINE static void serve() {
  const std::lock_guard guard(disk);
  asm volatile("");
}

int main() {
  std::thread snapshot(write_snapshot);
  while (!is_held) sched_yield();
  std::thread servers[3];
  for (int i = 0; i < 3; ++i) {
    servers[i] = std::thread([i] {
      server_ids[i] = thread_id();
      serve();
    });
  }
  snapshot.join();
  for (std::thread& server : servers) server.join();
  puts("went on");
}
