// Spin locks: exclusion, long waits, cancellation, other processes.
#include "mutex_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

pthread_spinlock_t* make_spin(const Kind& kind) {
  auto* lock = static_cast<pthread_spinlock_t*>(shared_page());
  SAY_AS("pthread_spin_init", pthread_spin_init(lock, kind.shared));
  return lock;
}

}  // namespace

CASE("spin lock: excludes", kSharing) {
  pthread_spinlock_t* lock = make_spin(kind);
  SAY(pthread_spin_lock(lock));
  SAY(pthread_spin_trylock(lock));
  elsewhere([=] { SAY(pthread_spin_trylock(lock)); });
  SAY(pthread_spin_unlock(lock));
  elsewhere([=] {
    SAY(pthread_spin_trylock(lock));
    SAY(pthread_spin_unlock(lock));
  });
  SAY(pthread_spin_destroy(lock));
}

CASE("spin lock: waits for long until the release", kSharing) {
  pthread_spinlock_t* lock = make_spin(kind);
  std::atomic<bool> begun{false}, released{false};
  auto body = [&] {
    begun = true;
    SAY(pthread_spin_lock(lock));
    SAY_WHETHER("released before", released.load());
    elsewhere([=] { SAY(pthread_spin_trylock(lock)); });
    SAY(pthread_spin_unlock(lock));
  };
  CHECK(pthread_spin_lock(lock) == 0);
  const pthread_t thread = running_in(body);
  while (!begun) sched_yield();
  let_it_wait_for_long();
  released = true;
  CHECK(pthread_spin_unlock(lock) == 0);
  join(thread);
  SAY(pthread_spin_trylock(lock));
}

CASE("spin lock: counts right between four threads", kSharing) {
  pthread_spinlock_t* lock = make_spin(kind);
  long total = 0;
  auto body = [&] {
    for (int round = 0; round < 2000; ++round) {
      pthread_spin_lock(lock);
      ++total;
      pthread_spin_unlock(lock);
    }
  };
  pthread_t threads[4];
  for (pthread_t& thread : threads) thread = running_in(body);
  for (const pthread_t thread : threads) join(thread);
  SAY_AS("total", total);
}

CASE("spin lock: is no cancellation point", kSharing) {
  pthread_spinlock_t* lock = make_spin(kind);
  std::atomic<bool> survived{false};
  elsewhere([&] {
    pthread_cancel(pthread_self());
    SAY(pthread_spin_lock(lock));
    SAY(pthread_spin_trylock(lock));
    SAY(pthread_spin_unlock(lock));
    survived = true;
  });
  SAY_WHETHER("survived", survived.load());
}

CASE("spin lock: between two processes", kSharing) {
  if (kind.shared != kShared) not_for_this_kind();
  pthread_spinlock_t* lock = make_spin(kind);
  SAY(pthread_spin_lock(lock));
  in_child([=] { SAY(pthread_spin_trylock(lock)); });
  SAY(pthread_spin_unlock(lock));
  in_child([=] { SAY(pthread_spin_lock(lock)); });
  SAY(pthread_spin_trylock(lock));
}
