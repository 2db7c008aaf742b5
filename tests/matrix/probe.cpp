// The probe in C++: see probe.h. What is counted under "std" is called by the C++ library: condition waits and joins.
#include "probe.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "archive.h"

// The report names them as the linker does.
pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
std::condition_variable std_opened;

namespace {

std::mutex hot;
std::mutex hot_in_archive;
std::mutex gate;
bool is_open = false;
int waiter = 0;
int joiner = 0;

void announce() { __atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE); }

template <class Run>
std::thread start(Run run) {
  waiter = 0;
  return std::thread(run);
}

void count_free_calls() {
  int in_program = 0, in_archive = 0;
  for (int i = 0; i < kFreeCalls; ++i) {
    {
      std::lock_guard<std::mutex> held(hot);
      in_program += seen_held(1);
      archive_lock(hot_in_archive.native_handle());
      in_archive += seen_held(2);
      archive_unlock(hot_in_archive.native_handle());
      in_archive += seen_held(1);
    }
    in_program += seen_held(0);
  }
  print_count("free calls", in_program);
  print_count("free calls in the archive", in_archive);
}

void make_waits() {
  for (int i = 0; i < kWaits; ++i) {
    std::unique_lock<std::mutex> held(hot);
    std::thread thread = start([] {
      announce();
      std::lock_guard<std::mutex> wait(hot);
    });
    await_asleep(&waiter);
    held.unlock();
    thread.join();
  }
  for (int i = 0; i < kWaitsInArchive; ++i) {
    archive_lock(hot_in_archive.native_handle());
    std::thread thread = start([] {
      announce();
      archive_lock(hot_in_archive.native_handle());
      archive_unlock(hot_in_archive.native_handle());
    });
    await_asleep(&waiter);
    archive_unlock(hot_in_archive.native_handle());
    thread.join();
  }
}

template <class Wait, class Wake>
void make_condition_waits(Wait wait, Wake wake) {
  for (int i = 0; i < kConditionWaits; ++i) {
    is_open = false;
    std::thread thread = start([wait] {
      std::unique_lock<std::mutex> held(gate);
      announce();
      while (!is_open) wait(held);
    });
    await_asleep(&waiter);
    {
      std::lock_guard<std::mutex> held(gate);
      is_open = true;
      wake();
    }
    thread.join();
  }
}

void make_joins() {
  joiner = thread_id();
  for (int i = 0; i < kJoins; ++i) start([] { await_asleep(&joiner); }).join();
}

}  // namespace

int main(int argc, char** argv) {
  lockwrap_name_lock(hot.native_handle(), "hot");
  lockwrap_name_lock(hot_in_archive.native_handle(), "archived");
  count_free_calls();
  make_waits();
  print_count("waits", reported("hot "));
  print_count("waits in the archive", reported("archived "));
  make_condition_waits([](auto& held) { pthread_cond_wait(&opened, held.mutex()->native_handle()); }, [] { pthread_cond_signal(&opened); });
  print_count("condition waits", reported("opened "));
  make_condition_waits([](auto& held) { std_opened.wait(held); }, [] { std_opened.notify_one(); });
  print_count("std condition waits", reported("std_opened "));
  if (argc > 1 && lockwrap_write_profile(argv[1]) != 0) return 1;
  lockwrap_reset();
  make_joins();
  print_count("std joins", reported("end of a thread "));
}
