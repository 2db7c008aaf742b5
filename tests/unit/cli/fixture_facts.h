// What the fixture program said about itself in one run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "synthetic_profile.h"

namespace lockwrap::test {

struct FixtureCall {
  int line = 0;
  uint64_t lock = 0;
  std::vector<uint64_t> addresses;  // leaf first; the first is the site
};

struct FixtureFacts {
  std::string path;
  std::string build_id;
  uint64_t start = 0, limit = 0, offset = 0;
  std::map<std::string, FixtureCall> calls;  // by the function that locks; of several the last
  std::vector<uint64_t> heap_locks;
};

FixtureFacts run_fixture(const std::string &path, const std::string &build_id);

// One waiter sample (lock number 1..) and the lock's comment for each call, in the order of `calls`.
SyntheticProfile profile_of(const FixtureFacts &facts);

}  // namespace lockwrap::test
