// The open orders of one share, best price first, oldest first. Thread-safe; one lock a book, so that orders for
// different shares do not wait for each other.
#pragma once

#include "order.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

class OrderBook {
 public:
  explicit OrderBook(std::string_view share);

  // Trades the order against open ones as far as the prices meet; what is left of it stays open.
  std::vector<Trade> match(Order order);

 private:
  using Bids = std::map<int64_t, std::deque<Order>, std::greater<>>;
  using Asks = std::map<int64_t, std::deque<Order>>;

  std::mutex mutex_;
  Bids bids_;
  Asks asks_;
};
