// Locks that are locked, unlocked, initialised or destroyed at the wrong time.
#include <threads.h>

#include "misuse.h"

std::recursive_mutex tree;
std::timed_mutex device;
std::shared_mutex prices;
pthread_rwlock_t routes = PTHREAD_RWLOCK_INITIALIZER;
mtx_t c11_table;

namespace {

void relock() {
  leave_behind([] {
    begin_transfer();
    enter_account();
  });
}
void relock_right() {
  begin_transfer();
  end_transfer();
  enter_account();
  end_transfer();
  tree.lock(), tree.lock(), tree.unlock(), tree.unlock();
  device.lock();
  CHECK(!device.try_lock() && !device.try_lock_for(std::chrono::milliseconds(1)));
  device.unlock();
  lock_table();
  CHECK(pthread_mutex_trylock(&table) == EBUSY && pthread_mutex_timedlock(&table, &kPast) == ETIMEDOUT);
  unlock_table();
  pthread_mutex_t checked;
  make_checked(checked);
  CHECK(pthread_mutex_lock(&checked) == 0 && pthread_mutex_lock(&checked) == EDEADLK && pthread_mutex_unlock(&checked) == 0);
  CHECK(pthread_mutex_unlock(&checked) == EPERM);
}

void relock_c11() {
  CHECK(mtx_init(&c11_table, mtx_plain) == thrd_success);
  leave_behind([] { mtx_lock(&c11_table), mtx_lock(&c11_table); });
}
void relock_c11_right() {
  CHECK(mtx_init(&c11_table, mtx_plain | mtx_recursive) == thrd_success);
  mtx_lock(&c11_table), mtx_lock(&c11_table), mtx_unlock(&c11_table), mtx_unlock(&c11_table);
}

void upgrade() {
  leave_behind([] {
    prices.lock_shared();
    prices.lock();
  });
}
void upgrade_right() {
  prices.lock_shared();
  CHECK(!prices.try_lock());
  CHECK(pthread_rwlock_timedwrlock(static_cast<pthread_rwlock_t*>(prices.native_handle()), &kPast) == ETIMEDOUT);
  prices.unlock_shared();
  prices.lock();
  CHECK(pthread_rwlock_wrlock(static_cast<pthread_rwlock_t*>(prices.native_handle())) == EDEADLK);
  prices.unlock();
  // A writer that waits for another thread's reader.
  prices.lock_shared();
  {
    const WaitingThread writer([] { prices.lock(), prices.unlock(); });
    prices.unlock_shared();
  }
}

void unlock_by_stranger() {
  begin_transfer();
  elsewhere([] { end_transfer(); });
}
void unlock_by_stranger_right() {
  elsewhere([] { begin_transfer(), end_transfer(); });
  begin_transfer();
  end_transfer();
}

void unlock_of_free() {
  lock_table(), unlock_table();
  unlock_table();
}
void unlock_of_free_right() {
  std::unique_lock lock(accounts);
  lock.unlock(), lock.lock();
  lock_table(), unlock_table();
}

void destroy_held() {
  lock_table();
  CHECK(destroy_table() == EBUSY);
}
void destroy_held_right() {
  lock_table(), unlock_table();
  CHECK(destroy_table() == 0);
  make_table();
  CHECK(destroy_table() == 0);
}

void destroy_held_by_other() {
  leave_behind([] { lock_table(); });
  CHECK(destroy_table() == EBUSY);
}
void destroy_held_by_other_right() {
  elsewhere([] { lock_table(), unlock_table(); });
  CHECK(destroy_table() == 0);
}

void destroy_waited_with() {
  leave_behind([] {
    lock_table();
    for (;;) wait_for_change();
  });
  CHECK(destroy_table() == EBUSY);
}
void destroy_waited_with_right() {
  lock_table();
  CHECK(pthread_cond_timedwait(&changed, &table, &kPast) == ETIMEDOUT);
  unlock_table();
  CHECK(destroy_table() == 0);
}

void destroy_read() {
  leave_behind([] { CHECK(pthread_rwlock_rdlock(&routes) == 0); });
  CHECK(pthread_rwlock_destroy(&routes) == 0);
}
void destroy_read_right() {
  elsewhere([] { CHECK(pthread_rwlock_rdlock(&routes) == 0 && pthread_rwlock_unlock(&routes) == 0); });
  CHECK(pthread_rwlock_wrlock(&routes) == 0 && pthread_rwlock_unlock(&routes) == 0);
  CHECK(pthread_rwlock_destroy(&routes) == 0);
}

void destroy_written() {
  CHECK(pthread_rwlock_wrlock(&routes) == 0);
  CHECK(pthread_rwlock_destroy(&routes) == 0);
}
void destroy_written_right() { destroy_read_right(); }

void init_held() {
  lock_table();
  make_table();
}
void init_held_right() {
  lock_table(), unlock_table();
  make_table();
  // Memory that is used again, with whatever in it.
  lock_table(), unlock_table();
  CHECK(destroy_table() == 0);
  memset(&table, 0x5a, sizeof table);
  make_table();
}

void init_held_by_other() {
  leave_behind([] { lock_table(); });
  make_table();
}
void init_held_by_other_right() {
  elsewhere([] { lock_table(), unlock_table(); });
  make_table();
}

constexpr Case kCases[] = {
    CASE(relock), CASE(relock_c11), CASE(upgrade), CASE(unlock_by_stranger), CASE(unlock_of_free), CASE(destroy_held),
    CASE(destroy_held_by_other), CASE(destroy_waited_with), CASE(destroy_read), CASE(destroy_written), CASE(init_held),
    CASE(init_held_by_other),
};

}  // namespace

std::span<const Case> lock_cases() { return kCases; }
