#include "order_book.h"

#include <lockwrap/lockwrap.h>

#include <algorithm>
#include <string>

namespace {

bool prices_meet(const Order &order, int64_t price_cents) {
  return order.side == Side::kBuy ? price_cents <= order.limit_cents : price_cents >= order.limit_cents;
}

Trade make_trade(const Order &incoming, const Order &open, int64_t quantity) {
  const Order &buy = incoming.side == Side::kBuy ? incoming : open;
  const Order &sell = incoming.side == Side::kBuy ? open : incoming;
  return Trade{buy.account, sell.account, incoming.share, buy.limit_cents, open.limit_cents, quantity};
}

template <typename OpenOrders>
void trade_against(OpenOrders &open_orders, Order &incoming, std::vector<Trade> &trades) {
  while (incoming.quantity > 0 && !open_orders.empty() && prices_meet(incoming, open_orders.begin()->first)) {
    std::deque<Order> &level = open_orders.begin()->second;
    Order &open = level.front();
    const int64_t quantity = std::min(incoming.quantity, open.quantity);
    trades.push_back(make_trade(incoming, open, quantity));
    incoming.quantity -= quantity;
    open.quantity -= quantity;
    if (open.quantity == 0) {
      level.pop_front();
    }
    if (level.empty()) {
      open_orders.erase(open_orders.begin());
    }
  }
}

}  // namespace

OrderBook::OrderBook(std::string_view share) {
  lockwrap_name_lock(mutex_.native_handle(), ("order book " + std::string(share)).c_str());
}

std::vector<Trade> OrderBook::match(Order order) {
  std::vector<Trade> trades;
  std::lock_guard lock(mutex_);
  if (order.side == Side::kBuy) {
    trade_against(asks_, order, trades);
  } else {
    trade_against(bids_, order, trades);
  }
  if (order.quantity > 0) {
    std::deque<Order> &level = order.side == Side::kBuy ? bids_[order.limit_cents] : asks_[order.limit_cents];
    level.push_back(order);
  }
  return trades;
}
