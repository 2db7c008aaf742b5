// The calls of lockwrap.h in a wrapped program: results, pause and resume, names, reset.
#include <string>

#include "test_support.h"

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
std::atomic<pid_t> id;

void* contend(void*) {
  CHECK(pthread_setname_np(pthread_self(), "contender") == 0);
  id = thread_id();
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return nullptr;
}

void make_a_wait() {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  id = 0;
  const pthread_t thread = start(contend);
  wait_until_asleep(id);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
}

std::string report() {
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK(lockwrap_write_report(ends[1]) == 0);
  close(ends[1]);
  char buffer[8192];
  const ssize_t size = read(ends[0], buffer, sizeof buffer);
  CHECK(size > 0);
  close(ends[0]);
  return std::string(buffer, static_cast<size_t>(size));
}

bool shows(const char* text) { return report().find(text) != std::string::npos; }

}  // namespace

int main() {
  CHECK(lockwrap_is_active() == 1);
  CHECK(lockwrap_version() == LOCKWRAP_VERSION_NUMBER);
  CHECK(shows("a good result"));
  make_a_wait();
  CHECK(shows("mutex"));  // the variable's name
  CHECK(lockwrap_name_lock(&mutex, "the \"named\" one") == 0);
  CHECK(shows("the \"named\" one"));
  CHECK(lockwrap_name_lock(&mutex, "") == EINVAL);
  CHECK(lockwrap_name_lock(nullptr, "x") == EINVAL);
  CHECK(lockwrap_name_lock(&mutex, nullptr) == EINVAL);
  CHECK(lockwrap_name_lock(&mutex, std::string(1000, 'n').c_str()) == 0);
  CHECK(shows(std::string(63, 'n').c_str()) && !shows(std::string(64, 'n').c_str()));
  CHECK(lockwrap_write_profile("%q") == EINVAL);
  CHECK(lockwrap_write_profile("") == EINVAL);
  CHECK(lockwrap_write_report(-1) == EBADF);
  CHECK(lockwrap_reset() == 0);
  CHECK(shows("a good result"));

  CHECK(lockwrap_resume() == EPERM);
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(lockwrap_pause() == 0 && lockwrap_pause() == 0);
  pthread_mutex_t unseen = PTHREAD_MUTEX_INITIALIZER;
  CHECK(pthread_mutex_lock(&unseen) == 0);
  CHECK(lockwrap_held_count() == 1);
  CHECK(pthread_mutex_unlock(&mutex) == 0);  // known since before
  CHECK(lockwrap_held_count() == 0);
  CHECK(lockwrap_resume() == 0 && lockwrap_resume() == 0 && lockwrap_resume() == EPERM);
  CHECK(pthread_mutex_unlock(&unseen) == 0);
  CHECK(lockwrap_held_count() == 0);
  make_a_wait();
  CHECK(!shows("a good result"));

  // A lock that is initialised anew is another lock.
  CHECK(pthread_mutex_destroy(&mutex) == 0 && pthread_mutex_init(&mutex, nullptr) == 0);
  CHECK(lockwrap_reset() == 0);
  make_a_wait();
  CHECK(!shows("nnn"));
  puts("went well");
}
