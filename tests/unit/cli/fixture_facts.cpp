// Reads the lines that fixture_program.cpp prints.
#include "fixture_facts.h"

#include <sstream>

#include "run_command.h"

namespace lockwrap::test {

FixtureFacts run_fixture(const std::string &path, const std::string &build_id) {
  FixtureFacts facts;
  facts.path = path;
  facts.build_id = build_id;
  std::istringstream lines(run_shell(path).output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, name;
    words >> word;
    words >> std::hex;
    if (word == "mapping") words >> facts.start >> facts.limit >> facts.offset;
    if (word == "heap") {
      for (uint64_t address = 0; words >> address;) facts.heap_locks.push_back(address);
    }
    if (word == "call") {
      words >> name;
      FixtureCall &call = facts.calls[name] = {};
      words >> std::dec >> call.line >> std::hex >> call.lock;
      for (uint64_t address = 0; words >> address;) call.addresses.push_back(address);
    }
  }
  return facts;
}

SyntheticProfile profile_of(const FixtureFacts &facts) {
  SyntheticProfile profile;
  profile.mapping(facts.start, facts.limit, facts.offset, facts.path, facts.build_id);
  uint64_t id = 0;
  for (const auto &[name, call] : facts.calls) {
    ++id;
    std::ostringstream comment;
    comment << "lockwrap lock id=" << id << " kind=mutex address=0x" << std::hex << call.lock << " created=0x0 first_use=0x"
            << call.addresses.front() << std::dec << " contentions=2 wait_ns=" << id * 1000 << " max_wait_ns=600 blamed_ns=0";
    profile.comment(comment.str());
    profile.sample({"waiter", id, call.addresses.front(), 0, call.addresses, 2, static_cast<int64_t>(id * 1000),
                    "mutex@0x1", call.lock});
  }
  return profile;
}

}  // namespace lockwrap::test
