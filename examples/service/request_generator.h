// The customers: an endless, reproducible stream of requests. Not thread-safe: one generator a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

class RequestGenerator {
 public:
  RequestGenerator(size_t account_count, uint64_t seed);

  // The text that OrderService::serve() takes. One in a thousand comes from somebody who is not logged in.
  std::string next();

 private:
  uint64_t choose(uint64_t least, uint64_t most);

  size_t account_count_;
  std::mt19937_64 random_;
};
