// No call changes errno: free, taken, contended, timed out, first call of a thread, call with a record.
#include "test_support.h"

namespace {

constexpr int kMark = 12345;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
std::atomic<pid_t> id;

// The value of a call, with errno marked before and checked after.
#define KEEPS(call)              \
  [&] {                          \
    errno = kMark;               \
    const auto value = (call);   \
    CHECK(errno == kMark);       \
    return value;                \
  }()

void* contend(void*) {
  const timespec past = {0, 0};
  CHECK(KEEPS(pthread_mutex_trylock(&mutex)) == EBUSY);  // the thread's first call
  CHECK(KEEPS(pthread_mutex_timedlock(&mutex, &past)) == ETIMEDOUT);
  id = thread_id();
  CHECK(KEEPS(pthread_mutex_lock(&mutex)) == 0);
  CHECK(KEEPS(pthread_mutex_unlock(&mutex)) == 0);
  return nullptr;
}

}  // namespace

int main() {
  for (int round = 0; round < 3; ++round) {
    CHECK(KEEPS(pthread_mutex_lock(&mutex)) == 0);
    id = 0;
    const pthread_t thread = start(contend);
    wait_until_asleep(id);
    CHECK(KEEPS(pthread_mutex_unlock(&mutex)) == 0);
    CHECK(pthread_join(thread, nullptr) == 0);
    CHECK(KEEPS(pthread_mutex_lock(&mutex)) == 0);
    const timespec past = {0, 0};
    CHECK(KEEPS(pthread_cond_timedwait(&condition, &mutex, &past)) == ETIMEDOUT);
    CHECK(KEEPS(pthread_mutex_unlock(&mutex)) == 0);
  }
  pthread_mutex_t other;
  CHECK(KEEPS(pthread_mutex_init(&other, nullptr)) == 0);
  CHECK(KEEPS(pthread_mutex_lock(&other)) == 0);
#if defined(__GLIBC__)  // musl destroys it
  CHECK(KEEPS(pthread_mutex_destroy(&other)) == EBUSY);
#endif
  CHECK(KEEPS(pthread_mutex_unlock(&other)) == 0);
  CHECK(KEEPS(pthread_mutex_destroy(&other)) == 0);
  CHECK(KEEPS(pthread_setname_np(pthread_self(), "a name that is too long")) == ERANGE);
  CHECK(KEEPS(pthread_setname_np(pthread_self(), "short")) == 0);
  CHECK(KEEPS(lockwrap_write_profile("/nowhere/at/all")) == (lockwrap_is_active() ? ENOENT : ENOSYS));
  puts("errno kept");
}
