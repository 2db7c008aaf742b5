// Names as reports show them.
#include "runtime/report/symbol_name.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace {

std::string shown(const std::string& mangled) {
  lockwrap::base::TextOf<300> text;
  lockwrap::report::add_symbol_name(text, mangled.c_str());
  return text.c_str();
}

}  // namespace

TEST_CASE("symbol names: plain and nested C++ names are taken apart") {
  CHECK(shown("main") == "main");
  CHECK(shown("_Z4workv") == "work");
  CHECK(shown("_ZL7workingi") == "working");
  CHECK(shown("_ZN4bank8accounts7depositEi") == "bank::accounts::deposit");
  CHECK(shown("_ZNK4bank7balanceEv") == "bank::balance");
  CHECK(shown("_ZN4bankC2Ev") == "bank::bank");
  CHECK(shown("_ZN4bank6LedgerD1Ev") == "bank::Ledger::~Ledger");
  CHECK(shown("_ZNSt5mutex4lockEv") == "std::mutex::lock");
  CHECK(shown("_ZN12_GLOBAL__N_15queueE") == "(anonymous namespace)::queue");
  CHECK(shown("_ZN12_GLOBAL__N_1L5queueE") == "(anonymous namespace)::queue");
}

TEST_CASE("symbol names: what needs a whole demangler stays as it is") {
  for (const char* name : {"_ZNSt6vectorIiSaIiEE9push_backERKi", "_ZZ4mainENKUlvE_clEv", "_ZTV4bank", "_ZN4bankplEi"}) {
    CHECK(shown(name) == name);
  }
}

TEST_CASE("symbol names: broken ones stay as they are") {
  for (const char* name : {"_Z", "_ZN", "_ZNK", "_ZNSt", "_ZL", "_ZN4ban", "_ZN0E", "_ZN99999999999999999999aE", "_ZNC1Ev", "_ZNL", "_Z9short"}) {
    CAPTURE(name);
    CHECK(shown(name) == name);
  }
}

TEST_CASE("symbol names: very long ones are cut, never overrun") {
  const std::string part(200, 'p');
  const std::string name = "_ZN200" + part + "200" + part + "E";
  CHECK(shown(name).size() <= 299);
  CHECK(shown(std::string(5000, 'c')).size() == 299);
}

TEST_CASE("symbol names: random ones do no harm") {
  std::mt19937 random(11);
  const char letters[] = "_ZNKSt1234567890abCDEL";
  for (int round = 0; round < 20'000; ++round) {
    std::string name = "_Z";
    for (size_t length = random() % 30; length > 0; --length) name += letters[random() % (sizeof letters - 1)];
    CHECK(shown(name).size() <= 299);
  }
}

TEST_CASE("symbol names: lock plumbing is told from the program's own functions") {
  using lockwrap::report::is_lock_plumbing;
  for (const char* name : {"_ZNSt5mutex4lockEv", "_ZNSt11unique_lockISt5mutexE4lockEv", "_ZL20__gthread_mutex_lockP15pthread_mutex_t",
                           "pthread_mutex_lock", "malloc_mutex_lock_slow", "_ZN7rocksdb4port5Mutex4LockEv", "uv_mutex_lock", "_ZN9FutexLock4lockEv",
                           "pthreadMutexEnter", "CRYPTO_THREAD_write_lock", "evthread_posix_lock"}) {
    CHECK_MESSAGE(is_lock_plumbing(name), name);
  }
  for (const char* name : {"main", "_ZN4bank4lockEi", "_ZN4bank6relockEv", "_ZN7rocksdb6DBImpl5WriteEv", "uv_run", "sqlite3_step", "lock_account", "_Z4workv"}) CHECK_FALSE_MESSAGE(is_lock_plumbing(name), name);
}
