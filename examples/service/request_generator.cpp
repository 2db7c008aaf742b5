#include "request_generator.h"

#include "order.h"
#include "order_service.h"

RequestGenerator::RequestGenerator(size_t account_count, uint64_t seed)
    : account_count_(account_count), random_(seed) {}

uint64_t RequestGenerator::choose(uint64_t least, uint64_t most) { return least + random_() % (most - least + 1); }

std::string RequestGenerator::next() {
  std::string request =
      choose(1, 1000) == 1 ? "session-unknown" : OrderService::session_token(choose(0, account_count_ - 1));
  request += choose(0, 1) == 0 ? " buy " : " sell ";
  request += kShares[choose(0, kShares.size() - 1)];
  request += " " + std::to_string(choose(1, 20));
  request += " " + std::to_string(choose(1980, 2020));
  return request;
}
