// What travels through the service: orders that customers place and the trades that come of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

inline constexpr std::array<std::string_view, 4> kShares = {"ACME", "BOLT", "CORK", "DUNE"};

enum class Side { kBuy, kSell };

struct Order {
  size_t account = 0;
  size_t share = 0;  // index into kShares
  Side side = Side::kBuy;
  int64_t limit_cents = 0;
  int64_t quantity = 0;
};

struct Trade {
  size_t buyer = 0;
  size_t seller = 0;
  size_t share = 0;
  int64_t buyer_limit_cents = 0;  // what was reserved for one share; price_cents is never above it
  int64_t price_cents = 0;
  int64_t quantity = 0;
};
