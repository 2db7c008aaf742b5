// Two threads quarrel over a lock until the program is ended, for a command that looks at a running program.
#include <unistd.h>

#include <mutex>
#include <thread>

static std::mutex counter_lock;

static void work() {
  for (;;) {
    const std::lock_guard held(counter_lock);
    usleep(1000);
  }
}

int main() {
  alarm(120);  // should nobody end it
  std::thread other(work);
  work();
}
