// A name belongs to one lock: when its mutex is destroyed or initialised anew before anybody waited for it, the next mutex at
// that address must not be shown under it.
#include <string>

#include "test_support.h"

namespace {

pthread_mutex_t* mutex;
std::atomic<pid_t> id;

void* contend(void*) {
  id = thread_id();
  CHECK(pthread_mutex_lock(mutex) == 0);
  CHECK(pthread_mutex_unlock(mutex) == 0);
  return nullptr;
}

void make_a_wait() {
  CHECK(pthread_mutex_lock(mutex) == 0);
  id = 0;
  const pthread_t thread = start(contend);
  wait_until_asleep(id);
  CHECK(pthread_mutex_unlock(mutex) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
}

bool shows(const char* text) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK(lockwrap_write_report(ends[1]) == 0);
  close(ends[1]);
  char buffer[8192];
  const ssize_t size = read(ends[0], buffer, sizeof buffer);
  CHECK(size > 0);
  close(ends[0]);
  return std::string(buffer, static_cast<size_t>(size)).find(text) != std::string::npos;
}

}  // namespace

int main() {
  static pthread_mutex_t reused;
  static pthread_mutex_t reused_undestroyed;
  mutex = &reused;
  CHECK(pthread_mutex_init(mutex, nullptr) == 0);
  CHECK(lockwrap_name_lock(mutex, "the first one") == 0);
  CHECK(pthread_mutex_destroy(mutex) == 0);
  CHECK(pthread_mutex_init(mutex, nullptr) == 0);
  make_a_wait();
  CHECK(!shows("the first one"));

  // C programs free memory without destroying the mutexes in it.
  mutex = &reused_undestroyed;
  CHECK(pthread_mutex_init(mutex, nullptr) == 0);
  CHECK(lockwrap_name_lock(mutex, "the second one") == 0);
  CHECK(pthread_mutex_init(mutex, nullptr) == 0);
  make_a_wait();
  CHECK(!shows("the second one"));

  CHECK(pthread_mutex_destroy(mutex) == 0);
  CHECK(pthread_mutex_init(mutex, nullptr) == 0);
  CHECK(lockwrap_name_lock(mutex, "the third one") == 0);
  make_a_wait();
  CHECK(shows("the third one"));
  CHECK(!shows("the first one"));
}
