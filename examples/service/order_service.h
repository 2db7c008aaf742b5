// The service itself: takes a request as text through log-in check, risk check, matching and settlement. Thread-safe.
#pragma once

#include "activity.h"
#include "ledger.h"
#include "order_book.h"
#include "session_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

class OrderService {
 public:
  explicit OrderService(size_t account_count);

  // A request is "TOKEN buy|sell SHARE QUANTITY LIMIT_CENTS".
  void serve(const std::string &request);

  size_t write_snapshot() { return ledger_.write_snapshot(); }
  int64_t total_cents() { return ledger_.total_cents(); }
  std::map<std::string, uint64_t> outcomes() { return statistics_.counts(); }

  // The token of the account's session.
  static std::string session_token(size_t account);

 private:
  SessionTable sessions_;
  Ledger ledger_;
  std::array<OrderBook, kShares.size()> books_ = {OrderBook(kShares[0]), OrderBook(kShares[1]), OrderBook(kShares[2]),
                                                  OrderBook(kShares[3])};
  Statistics statistics_;
  ActivityLog log_;
};
