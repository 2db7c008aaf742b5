// The process ends while threads hold locks and wait for them, in each way to end: exits KIND. The main thread holds one, too, and its exit
// handler and a static object's destructor lock others.
#include "weather.h"

namespace {

std::mutex held_by_thread;
std::mutex held_by_main;
std::mutex of_handlers;
std::atomic<pid_t> id;

struct Static {
  ~Static() {
    const std::lock_guard guard(of_handlers);
    if (write(STDOUT_FILENO, "destroyed\n", 10) != 10) abort();
  }
} static_object;

void at_end() {
  const std::lock_guard guard(of_handlers);
  if (write(STDOUT_FILENO, "handled\n", 8) != 8) abort();
}

template <class Work>
void begin(Work work) {
  id = 0;
  std::thread([work] {
    id = thread_id();
    work();
  }).detach();
  wait_until_asleep(id);
}

}  // namespace

int main(int argument_count, char** arguments) {
  CHECK(argument_count == 2 && atexit(at_end) == 0 && at_quick_exit(at_end) == 0);
  begin([] {
    const std::lock_guard guard(held_by_thread);
    for (;;) pause();
  });
  for (int i = 0; i < 3; ++i) begin([] { held_by_thread.lock(); });
  held_by_main.lock();
  begin([] { held_by_main.lock(); });
  begin([] {
    std::mutex own;
    std::unique_lock lock(own);
    std::condition_variable().wait(lock);
  });
  const char* kind = arguments[1];
  if (!strcmp(kind, "return")) return 5;
  if (!strcmp(kind, "exit")) exit(5);
  if (!strcmp(kind, "_exit")) _exit(5);
  if (!strcmp(kind, "quick_exit")) quick_exit(5);
  if (!strcmp(kind, "other_thread")) {
    std::thread([] { exit(5); }).detach();
    for (;;) pause();
  }
  if (!strcmp(kind, "pthread_exit")) pthread_exit(nullptr);  // the others would stay for good: killed by the test
  CHECK(!"known");
}
