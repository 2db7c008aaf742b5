// self_healing: a bank that goes on where it should lock up. A transfer locks two accounts, first the payer's, then the payee's, and takes
// its time in between. With few accounts it never takes long until two clerks have what the other one waits for (ABBA), or until clerks
// wait in a ring. A plain build then hangs for good; so does this one under LOCKWRAP_OPTIONS=on_deadlock=report, and after 5 s without a
// transfer the program says so and ends with 1.
//
// With on_deadlock=error, which it chooses for itself in lockwrap_default_options(), exactly one thread of each deadlock gets
// std::system_error(resource_deadlock_would_occur) out of std::mutex::lock. Its guards release what it holds, the others go on, and it
// makes the transfer once more: three lines of source, and no transfer is lost.
//
// What will be seen:
//   1. one finding, lockwrap: deadlock, of the first time: each clerk with the lock that it waits for, where it waits and what it holds,
//      and which of them gave up. Later ones at the same places are counted, and told as a number at the end.
//   2. the program's own account: transfers made, deadlocks survived (some hundred a minute), the longest stop, and that no money and
//      no transfer is missing. The number of deadlocks is the one that lockwrap has counted: nobody gave up in vain.
// A stop lasts as long as lockwrap takes to be sure: 0.1 s, or up to 0.4 s if the thread that has to give up has waited for long already.
//
// self_healing [SECONDS] (default 5)
#include <lockwrap/lockwrap.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <system_error>
#include <thread>
#include <vector>

extern "C" const char* lockwrap_default_options(void) { return "on_deadlock=error:report_at_exit=1"; }

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr long kOpeningBalance = 1000;
constexpr int kClerks = 4;
constexpr seconds kLockedUpAfter{5};

struct Account {
  std::mutex mutex;
  long balance = kOpeningBalance;
  long payments = 0;  // made from it
};
static std::array<Account, 6> accounts;

// What the clerks have done, as they know it themselves.
struct Clerk {
  long transfers = 0;
  long given_up = 0;
};

static std::atomic<bool> closing;
static std::atomic<Clock::rep> last_transfer;  // when it was made
static std::atomic<Clock::rep> longest_stop;

static void note_transfer() {
  const Clock::rep now = Clock::now().time_since_epoch().count();
  const Clock::rep stop = now - last_transfer.exchange(now);
  Clock::rep longest = longest_stop;
  while (stop > longest && !longest_stop.compare_exchange_weak(longest, stop)) {
  }
}

// The mistake: which account is locked first depends on who pays. std::scoped_lock(from.mutex, to.mutex) would be right.
[[gnu::noinline]] static void transfer(Account& from, Account& to, long amount) {
  const std::lock_guard payer(from.mutex);
  std::this_thread::sleep_for(std::chrono::microseconds(200));  // whether the payer may is asked elsewhere
  const std::lock_guard payee(to.mutex);
  from.balance -= amount;
  to.balance += amount;
  ++from.payments;
}

// All that it takes to survive.
static void transfer_for_certain(Account& from, Account& to, long amount, Clerk& clerk) {
  for (;;) {
    try {
      return transfer(from, to, amount);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::resource_deadlock_would_occur) throw;
      ++clerk.given_up;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the others first
    }
  }
}

static void work(unsigned number, Clerk& clerk) {
  std::minstd_rand random(number + 1);
  while (!closing) {
    const size_t from = random() % accounts.size();
    const size_t to = (from + 1 + random() % (accounts.size() - 1)) % accounts.size();
    transfer_for_certain(accounts[from], accounts[to], static_cast<long>(random() % 100), clerk);
    ++clerk.transfers;
    note_transfer();
  }
}

static void end_if_locked_up() {
  const Clock::duration since = Clock::now().time_since_epoch() - Clock::duration(last_transfer);
  if (since < kLockedUpAfter) return;
  std::printf("self_healing: locked up: no transfer for %.0f s\n", std::chrono::duration<double>(since).count());
  std::fflush(stdout);
  _exit(1);
}

int main(int argument_count, char** arguments) {
  const seconds duration(argument_count > 1 ? std::atoi(arguments[1]) : 5);
  const auto start = Clock::now();
  last_transfer = start.time_since_epoch().count();
  std::array<Clerk, kClerks> clerks;
  std::atomic<int> working = kClerks;
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < kClerks; ++number) {
    threads.emplace_back([&, number] {
      work(number, clerks[number]);
      --working;
    });
  }
  while (working > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (Clock::now() - start >= duration) closing = true;
    end_if_locked_up();
  }
  for (std::thread& thread : threads) thread.join();

  long transfers = 0, given_up = 0, balance = 0, payments = 0;
  for (const Clerk& clerk : clerks) transfers += clerk.transfers, given_up += clerk.given_up;
  for (const Account& account : accounts) balance += account.balance, payments += account.payments;
  const double stop = std::chrono::duration<double>(Clock::duration(longest_stop)).count();
  std::printf("self_healing: %ld transfers made, %ld deadlocks survived, longest stop %.2f s\n", transfers, given_up, stop);
  const bool is_whole = balance == kOpeningBalance * static_cast<long>(accounts.size()) && payments == transfers;
  std::printf("self_healing: %s\n", is_whole ? "no money and no transfer is missing" : "money or transfers are missing");
  return is_whole ? 0 : 1;
}
