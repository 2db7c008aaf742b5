#include "order_service.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::optional<Order> read_order(std::istringstream &text, size_t account) {
  std::string side;
  std::string share;
  Order order;
  order.account = account;
  if (!(text >> side >> share >> order.quantity >> order.limit_cents)) {
    return std::nullopt;
  }
  const auto known = std::find(kShares.begin(), kShares.end(), share);
  if (known == kShares.end() || order.quantity <= 0 || order.limit_cents <= 0) {
    return std::nullopt;
  }
  order.share = static_cast<size_t>(known - kShares.begin());
  order.side = side == "buy" ? Side::kBuy : Side::kSell;
  return order;
}

// The costly part of a request, done without any lock: what the order may lose in some thousand steps of a price that
// drifts. Plain arithmetic, about 20 microseconds.
double possible_loss(const Order &order) {
  double price = static_cast<double>(order.limit_cents);
  double loss = 0;
  for (int step = 1; step <= 1000; ++step) {
    price += std::sin(price + step);
    loss = std::max(loss, static_cast<double>(order.limit_cents) - price);
  }
  return loss * static_cast<double>(order.quantity);
}

}  // namespace

OrderService::OrderService(size_t account_count) : ledger_(account_count) {
  for (size_t account = 0; account < account_count; ++account) {
    sessions_.log_in(session_token(account), account);
  }
}

std::string OrderService::session_token(size_t account) { return "session-" + std::to_string(account); }

void OrderService::serve(const std::string &request) {
  std::istringstream text(request);
  std::string token;
  text >> token;
  const std::optional<size_t> account = sessions_.authenticate(token);
  if (!account) {
    statistics_.add("refused: not logged in", 1);
    return;
  }
  const std::optional<Order> order = read_order(text, *account);
  if (!order) {
    statistics_.add("refused: not an order", 1);
    return;
  }
  if (possible_loss(*order) > 1e6 || !ledger_.reserve(*order)) {
    statistics_.add("refused: account too small", 1);
    return;
  }
  const std::vector<Trade> trades = books_[order->share].match(*order);
  if (!trades.empty()) {
    ledger_.settle(trades);
    log_.write(request + ": " + std::to_string(trades.size()) + " trades");
  }
  statistics_.add("orders accepted", 1);
  statistics_.add("trades", trades.size());
}
