// inactive: under active=0 the program works and lockwrap says so.
#include "scenario.h"

static std::mutex counter;

int main(int, char** words) {
  CHECK(lockwrap_is_active() == 0);
  make_wait(counter, 1);
  const std::lock_guard guard(counter);
  CHECK(lockwrap_held_count() == 0);
  CHECK(lockwrap_name_lock(counter.native_handle(), "counter") == ENOSYS);
  CHECK(lockwrap_write_profile(words[1]) == ENOSYS);
  CHECK(lockwrap_write_report(1) == ENOSYS);
  CHECK(lockwrap_reset() == ENOSYS);
  puts("done");
}
