// Names as the demangler gives them, cut to what a table shows.
#include <doctest/doctest.h>

#include "names/function_name.h"
#include "names/lock_plumbing.h"

using namespace lockwrap::cli;

TEST_CASE("a short function name has neither parameters nor return type") {
  const char *const pairs[][2] = {
      {"compress", "compress"},
      {"Cache::get(std::string const&)", "Cache::get()"},
      {"Cache::get() const", "Cache::get()"},
      {"Cache::get(int) [clone .cold]", "Cache::get()"},
      {"Queue::pop[abi:cxx11](int)", "Queue::pop()"},
      {"void std::lock<std::mutex, std::mutex>(std::mutex&, std::mutex&)", "std::lock<std::mutex, std::mutex>()"},
      {"(anonymous namespace)::count_up(int)", "(anonymous namespace)::count_up()"},
      {"Ledger::operator()(int) const", "Ledger::operator()()"},
      {"bool operator< <int>(Box<int> const&, Box<int> const&)", "operator< <int>()"},
      {"operator<<(std::ostream&, Box const&)", "operator<<()"},
      {"Box::operator bool() const", "Box::operator bool()"},
      {"run()::{lambda(int)#1}::operator()(int) const", "run()::{lambda(int)#1}::operator()()"},
      {"Box<void (int)>::call(int)", "Box<void (int)>::call()"},
      {"a::b<(c)3>::d(void (*)(int))", "a::b<(c)3>::d()"},
      {"", ""},
      {"(((", "()"},
      {">>>", ">>>"},
  };
  for (const auto &pair : pairs) CHECK(short_function_name(pair[0]) == pair[1]);
}

TEST_CASE("a long function name loses its template arguments before it is cut") {
  const std::string name = "Map<std::string, std::vector<int>>::find(int)";
  CHECK(fitted_function_name(name, 80) == "Map<std::string, std::vector<int>>::find()");
  CHECK(fitted_function_name(name, 20) == "Map<...>::find()");
  CHECK(fitted_function_name("Dictionary::find(int)", 10) == "Diction...");
}

TEST_CASE("lock plumbing is told from code that uses locks") {
  for (const char *name : {"std::mutex::lock()", "std::__glibcxx_rwlock_wrlock(pthread_rwlock_t*)", "std::lock_guard<std::mutex>::lock_guard(std::mutex&)",
                           "std::unique_lock<std::mutex>::lock()", "std::scoped_lock<std::mutex>::scoped_lock(std::mutex&)",
                           "void std::lock<std::mutex, std::mutex>(std::mutex&, std::mutex&)",
                           "std::condition_variable::wait(std::unique_lock<std::mutex>&)", "std::__1::mutex::lock()",
                           "std::_V2::condition_variable_any::wait<std::mutex>(std::mutex&)", "__gthread_mutex_lock(pthread_mutex_t*)",
                           "pthread_mutex_lock", "__pthread_mutex_lock", "__wrap_pthread_mutex_lock",
                           "lockwrap::locks::acquired(void*)", "malloc_mutex_lock_slow", "je_malloc_mutex_lock_slow",
                           "rocksdb::port::Mutex::Lock()", "rocksdb::InstrumentedMutexLock::InstrumentedMutexLock(rocksdb::InstrumentedMutex*)",
                           "FutexLock::lock()", "my::RwLock::try_lock_shared()", "uv_mutex_lock", "CRYPTO_THREAD_write_lock", "pthreadMutexEnter", "evthread_posix_lock"}) {
    CAPTURE(name);
    CHECK(is_lock_plumbing(name));
  }
  for (const char *name : {"Cache::get()", "main", "std::locked_queue::push()", "my::std::mutex_owner::take()", "lock()", "Door::relock()",
                           "std::vector<std::mutex>::push_back()", "0x4011d2", "", "lock_guard", "rocksdb::DBImpl::Write()",
                           "uv_run", "sqlite3_step"}) {
    CAPTURE(name);
    CHECK_FALSE(is_lock_plumbing(name));
  }
}
