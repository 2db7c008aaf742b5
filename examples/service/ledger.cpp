#include "ledger.h"

#include <lockwrap/lockwrap.h>

#include <chrono>
#include <thread>

namespace {

constexpr int64_t kFirstCents = 100'000'000;
constexpr int64_t kFirstShares = 100'000;

// A modelled disk, so that the example behaves alike on a laptop, in a container and on a tmpfs: 30 ms to flush, and
// 100 bytes a microsecond. It blocks as fdatasync() does, without using the processor.
void write_to_disk(const std::string &text) {
  std::this_thread::sleep_for(std::chrono::milliseconds(30) + std::chrono::microseconds(text.size() / 100));
}

}  // namespace

Ledger::Ledger(size_t account_count) {
  lockwrap_name_lock(mutex_.native_handle(), "ledger");
  for (size_t number = 0; number < account_count; ++number) {
    Account &account = accounts_.emplace_back();
    account.owner = "customer number " + std::to_string(number);
    account.cents = kFirstCents;
    account.shares.fill(kFirstShares);
  }
}

bool Ledger::reserve(const Order &order) {
  std::lock_guard lock(mutex_);
  Account &account = accounts_.at(order.account);
  if (order.side == Side::kSell) {
    if (account.shares[order.share] < order.quantity) {
      return false;
    }
    account.shares[order.share] -= order.quantity;
    return true;
  }
  const int64_t cost_cents = order.limit_cents * order.quantity;
  if (account.cents < cost_cents) {
    return false;
  }
  account.cents -= cost_cents;
  account.reserved_cents += cost_cents;
  return true;
}

void Ledger::settle(const std::vector<Trade> &trades) {
  std::lock_guard lock(mutex_);
  for (const Trade &trade : trades) {
    Account &buyer = accounts_.at(trade.buyer);
    Account &seller = accounts_.at(trade.seller);
    buyer.reserved_cents -= trade.buyer_limit_cents * trade.quantity;
    buyer.cents += (trade.buyer_limit_cents - trade.price_cents) * trade.quantity;
    buyer.shares[trade.share] += trade.quantity;
    seller.cents += trade.price_cents * trade.quantity;
  }
}

size_t Ledger::write_snapshot() {
  std::string text;
  std::lock_guard lock(mutex_);
  for (const Account &account : accounts_) {
    text += account.owner + " " + std::to_string(account.cents) + " " + std::to_string(account.reserved_cents);
    for (const int64_t count : account.shares) {
      text += " " + std::to_string(count);
    }
    text += "\n";
  }
  write_to_disk(text);
  return text.size();
}

int64_t Ledger::total_cents() {
  std::lock_guard lock(mutex_);
  int64_t total = 0;
  for (const Account &account : accounts_) {
    total += account.cents + account.reserved_cents;
  }
  return total;
}
