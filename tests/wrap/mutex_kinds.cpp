// Every mutex call on every kind of mutex, in every state: prints what each returns. The plain build prints the same.
#include "test_support.h"

namespace {

struct Kind {
  const char* name;
  int type;
  int protocol;
  int robust;
  int shared;
};
constexpr Kind kKinds[] = {
    {"normal", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"errorcheck", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"robust", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE},
    {"robust errorcheck", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE},
    {"robust recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE},
    {"inherit", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"inherit errorcheck", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"inherit robust", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE},
    {"protect", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_PROTECT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
    {"shared", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED},
    {"shared recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED},
};

pthread_mutex_t mutex;
const char* kind_name;

void show(const char* what, int result) { printf("%s: %s: %d\n", kind_name, what, result); }

void initialise(const Kind& kind) {
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, kind.type) == 0);
  CHECK(pthread_mutexattr_setprotocol(&attributes, kind.protocol) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, kind.robust) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, kind.shared) == 0);
  if (kind.protocol == PTHREAD_PRIO_PROTECT) CHECK(pthread_mutexattr_setprioceiling(&attributes, 10) == 0);
  show("init", pthread_mutex_init(&mutex, &attributes));
  pthread_mutexattr_destroy(&attributes);
}

void* try_as_stranger(void*) {
  const timespec past = {0, 0};
  const timespec malformed = {0, -1};
  int tried = pthread_mutex_trylock(&mutex);
  show("stranger: trylock", tried);
  if (tried == EBUSY) {
    show("stranger: timedlock, past", pthread_mutex_timedlock(&mutex, &past));
    show("stranger: timedlock, malformed", pthread_mutex_timedlock(&mutex, &malformed));
    show("stranger: clocklock, past", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &past));
    show("stranger: clocklock, no clock", pthread_mutex_clocklock(&mutex, 77, &past));
  }
  return nullptr;
}

void* lock_and_die(void*) {
  show("dying: lock", pthread_mutex_lock(&mutex));
  return nullptr;
}

void join(pthread_t thread) { CHECK(pthread_join(thread, nullptr) == 0); }

void exercise(const Kind& kind) {
  const timespec past = {0, 0};
  const int locked = pthread_mutex_lock(&mutex);
  show("lock", locked);
  if (locked != 0) {  // a ceiling needs the right to a real-time priority
    CHECK_HELD(0);
    show("destroy", pthread_mutex_destroy(&mutex));
    return;
  }
  // glibc destroys a robust mutex also when it is locked.
  if (kind.robust != PTHREAD_MUTEX_ROBUST) show("destroy, locked", pthread_mutex_destroy(&mutex));
  join(start(try_as_stranger));
  show("trylock, mine", pthread_mutex_trylock(&mutex));
  if (kind.type == PTHREAD_MUTEX_RECURSIVE) show("unlock, one level", pthread_mutex_unlock(&mutex));
  if (kind.type == PTHREAD_MUTEX_RECURSIVE || kind.type == PTHREAD_MUTEX_ERRORCHECK) {
    show("lock, mine", pthread_mutex_lock(&mutex));
    if (kind.type == PTHREAD_MUTEX_RECURSIVE) show("unlock, one level", pthread_mutex_unlock(&mutex));
    show("timedlock, mine", pthread_mutex_timedlock(&mutex, &past));
    if (kind.type == PTHREAD_MUTEX_RECURSIVE) show("unlock, one level", pthread_mutex_unlock(&mutex));
  }
  CHECK_HELD(1);
  show("unlock", pthread_mutex_unlock(&mutex));
  CHECK_HELD(0);
  show("timedlock, free, past", pthread_mutex_timedlock(&mutex, &past));
  show("unlock", pthread_mutex_unlock(&mutex));
  show("clocklock, free, past", pthread_mutex_clocklock(&mutex, CLOCK_REALTIME, &past));
  show("unlock", pthread_mutex_unlock(&mutex));
  show("clocklock, free, no clock", pthread_mutex_clocklock(&mutex, 77, &past));
  show("clocklock, free, monotonic", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &past));
  show("unlock", pthread_mutex_unlock(&mutex));
  show("consistent", pthread_mutex_consistent(&mutex));
  if (kind.type == PTHREAD_MUTEX_ERRORCHECK || kind.type == PTHREAD_MUTEX_RECURSIVE) {
    show("unlock, free", pthread_mutex_unlock(&mutex));
  }
  CHECK_HELD(0);
  if (kind.robust == PTHREAD_MUTEX_ROBUST && deaths_of_owners_are_told()) {
    join(start(lock_and_die));
    show("lock, owner died", pthread_mutex_lock(&mutex));
    CHECK_HELD(1);
    show("consistent", pthread_mutex_consistent(&mutex));
    show("unlock", pthread_mutex_unlock(&mutex));
    join(start(lock_and_die));
    show("trylock, owner died", pthread_mutex_trylock(&mutex));
    show("unlock, inconsistent", pthread_mutex_unlock(&mutex));
    CHECK_HELD(0);
    show("lock, not recoverable", pthread_mutex_lock(&mutex));
    show("trylock, not recoverable", pthread_mutex_trylock(&mutex));
    CHECK_HELD(0);
    // The failed trylock leaves a recursive one locked (glibc 2.36), so that the next call succeeds: it must here, too.
    const int result = pthread_mutex_timedlock(&mutex, &past);
    show("timedlock, not recoverable", result);
    CHECK_HELD(result == 0 ? 1 : 0);
  }
  show("destroy", pthread_mutex_destroy(&mutex));
}

// Blocks in `lock` until the main thread releases.
std::atomic<pid_t> blocked_id;
void* block(void*) {
  blocked_id = thread_id();
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK_HELD(1);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return nullptr;
}

}  // namespace

int main() {
  for (const Kind& kind : kKinds) {
    kind_name = kind.name;
    initialise(kind);
    exercise(kind);
    initialise(kind);
    if (kind.protocol == PTHREAD_PRIO_PROTECT) continue;  // every thread needs the right, and the first one is refused at times
    show("lock", pthread_mutex_lock(&mutex));
    blocked_id = 0;
    const pthread_t thread = start(block);
    wait_until_asleep(blocked_id);
    show("unlock, with a waiter", pthread_mutex_unlock(&mutex));
    join(thread);
    CHECK_HELD(0);
    show("destroy", pthread_mutex_destroy(&mutex));
    show("lock, destroyed", pthread_mutex_lock(&mutex));
    show("trylock, destroyed", pthread_mutex_trylock(&mutex));
  }
}
