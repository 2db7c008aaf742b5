// Who owns what: money and shares of all accounts, under one lock. Thread-safe. This is the lock that the report will
// show first, and write_snapshot() is the reason.
#pragma once

#include "order.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

class Ledger {
 public:
  explicit Ledger(size_t account_count);

  // Sets aside what the order may cost. False: the account does not own enough.
  bool reserve(const Order &order);

  // Moves money and shares for what was traded, and gives back what a buyer did not have to pay.
  void settle(const std::vector<Trade> &trades);

  // Writes all accounts to the (modelled) disk. The mistake to be found: it keeps the lock until the disk is done.
  // Returns the number of bytes written.
  size_t write_snapshot();

  // All the money there is. Trading never changes it.
  int64_t total_cents();

 private:
  struct Account {
    std::string owner;
    int64_t cents = 0;
    int64_t reserved_cents = 0;
    std::array<int64_t, kShares.size()> shares{};
  };

  std::mutex mutex_;
  std::vector<Account> accounts_;
};
