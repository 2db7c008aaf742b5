// make_profile KIND FILE: writes a profile that is hard to draw. What the kinds are is said where they are made.
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "synthetic_profile.h"

using lockwrap::test::SyntheticProfile;

namespace {

std::string lock_comment(int id, long wait_ns, const std::string &name, const std::string &kind = "mutex") {
  const std::string number = std::to_string(wait_ns);
  return "lockwrap lock id=" + std::to_string(id) + " kind=" + kind + " address=0x" + std::to_string(1000 + id) +
         " created=0x0 first_use=0x2000 contentions=3 wait_ns=" + number + " max_wait_ns=" + number + " blamed_ns=0 name=" + name;
}

// Nothing waited.
SyntheticProfile empty() { return SyntheticProfile(); }

// One lock, one waiting place, no holder.
SyntheticProfile one_lock() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 1'500'000, "the only lock"));
  profile.frames(0x2000, {{"Cache::look_up(int)", "/src/cache.cpp", 41}}).frames(0x3000, {{"main", "/src/main.cpp", 9}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000}, 3, 1'500'000});
  return profile;
}

// Next to a lock that is waited for long one for which a deep stack has waited for a moment.
SyntheticProfile hair() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 1'000'000'000, "ledger")).comment(lock_comment(2, 5'000'000, "queue"));
  profile.frames(0x2000, {{"Ledger::reserve()", "/src/ledger.cpp", 32}}).frames(0x2100, {{"Queue::pop()", "/src/queue.cpp", 22}});
  std::vector<uint64_t> deep{0x2100};
  for (unsigned depth = 0; depth < 10; ++depth) {
    deep.push_back(0x3000 + depth * 16);
    profile.frames(deep.back(), {{"far_caller_" + std::to_string(depth) + "()", "/src/deep.cpp", 10 + depth}});
  }
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000}, 1, 1'000'000'000});
  profile.sample({"waiter", 2, 0x2100, 0, deep, 1, 5'000'000});
  return profile;
}

// What drive.js knows by heart, in tenths of a second: `ledger` 30, in reserve() 20 (15 from work_a(), 5 from work_b()), of which save()
// held 8 and nobody 12, and in settle() 10, held by load(); `queue` 10, in pop(), held by load() 6 and save() 4.
SyntheticProfile two_sided() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 3'000'000'000, "ledger")).comment(lock_comment(2, 1'000'000'000, "queue"));
  profile.frames(0x2000, {{"Ledger::reserve(Order const&)", "/src/ledger.cpp", 32}})
      .frames(0x2100, {{"Ledger::settle(Order const&)", "/src/ledger.cpp", 51}})
      .frames(0x2200, {{"Queue::pop()", "/src/queue.cpp", 22}})
      .frames(0x3000, {{"work_a()", "/src/work.cpp", 10}})
      .frames(0x3100, {{"work_b()", "/src/work.cpp", 20}})
      .frames(0x4000, {{"main", "/src/main.cpp", 1}})
      .frames(0x5000, {{"Ledger::save()", "/src/ledger.cpp", 64}})
      .frames(0x5100, {{"Ledger::load()", "/src/ledger.cpp", 80}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000, 0x4000}, 1, 1'500'000'000});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3100, 0x4000}, 1, 500'000'000});
  profile.sample({"waiter", 1, 0x2100, 0, {0x2100, 0x3000, 0x4000}, 1, 1'000'000'000});
  profile.sample({"waiter", 2, 0x2200, 0, {0x2200, 0x4000}, 1, 1'000'000'000});
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5000, 0x4000}, 1, 800'000'000});
  profile.sample({"holder", 1, 0x5100, 0x2100, {0x5100, 0x4000}, 1, 1'000'000'000});
  profile.sample({"holder", 2, 0x5100, 0x2200, {0x5100, 0x4000}, 1, 600'000'000});
  profile.sample({"holder", 2, 0x5000, 0x2200, {0x5000, 0x4000}, 1, 400'000'000});
  return profile;
}

// What two_sided may have been before, watched for half as long, so that a tenth of a second here is two there: `ledger` 11, in reserve() 5
// (work_a()), held by save(), and in settle() 6, held by load(); `queue` 5, in pop(), held by load(); `journal` 3, in append().
SyntheticProfile two_sided_before() {
  SyntheticProfile profile;
  profile.duration(6'000'000'000);
  profile.comment(lock_comment(1, 1'100'000'000, "ledger")).comment(lock_comment(2, 500'000'000, "queue")).comment(lock_comment(3, 300'000'000, "journal"));
  profile.frames(0x2000, {{"Ledger::reserve(Order const&)", "/src/ledger.cpp", 30}})
      .frames(0x2100, {{"Ledger::settle(Order const&)", "/src/ledger.cpp", 49}})
      .frames(0x2200, {{"Queue::pop()", "/src/queue.cpp", 20}})
      .frames(0x2300, {{"Journal::append(Order const&)", "/src/journal.cpp", 14}})
      .frames(0x3000, {{"work_a()", "/src/work.cpp", 10}})
      .frames(0x4000, {{"main", "/src/main.cpp", 1}})
      .frames(0x5000, {{"Ledger::save()", "/src/ledger.cpp", 60}})
      .frames(0x5100, {{"Ledger::load()", "/src/ledger.cpp", 76}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000, 0x4000}, 1, 500'000'000});
  profile.sample({"waiter", 1, 0x2100, 0, {0x2100, 0x3000, 0x4000}, 1, 600'000'000});
  profile.sample({"waiter", 2, 0x2200, 0, {0x2200, 0x4000}, 1, 500'000'000});
  profile.sample({"waiter", 3, 0x2300, 0, {0x2300, 0x4000}, 1, 300'000'000});
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5000, 0x4000}, 1, 500'000'000});
  profile.sample({"holder", 1, 0x5100, 0x2100, {0x5100, 0x4000}, 1, 600'000'000});
  profile.sample({"holder", 2, 0x5100, 0x2200, {0x5100, 0x4000}, 1, 500'000'000});
  return profile;
}

// Many locks, the n-th with 1/n of the first one's time, in two places each, held by one of five; most are too narrow for a name.
SyntheticProfile many_locks(unsigned count) {
  SyntheticProfile profile;
  profile.frames(0x9000, {{"main", "/src/main.cpp", 9}}).frames(0x9100, {{"Shards::serve(Request const&)", "/src/shards.cpp", 120}});
  for (unsigned holder = 0; holder < 5; ++holder) {
    profile.frames(0x8000 + holder * 16, {{"compact_" + std::to_string(holder) + "()", "/src/compact.cpp", 10 + holder}});
  }
  for (unsigned id = 1; id <= count; ++id) {
    const long wait_ns = 4'000'000'000L / id;
    const uint64_t get = 0x10000 + id * 32, put = get + 16, holder = 0x8000 + id % 5 * 16;
    profile.comment(lock_comment(static_cast<int>(id), wait_ns, "shard " + std::to_string(id)));
    profile.frames(get, {{"Shard::get(Key)", "/src/shard.cpp", 30}}).frames(put, {{"Shard::put(Key, Value)", "/src/shard.cpp", 52}});
    profile.sample({"waiter", id, get, 0, {get, 0x9100, 0x9000}, 2, wait_ns * 2 / 3});
    profile.sample({"waiter", id, put, 0, {put, 0x9000}, 1, wait_ns / 3});
    profile.sample({"holder", id, holder, get, {holder, 0x9000}, 2, wait_ns / 2});
  }
  return profile;
}

// Names that nobody would choose: 500 characters, markup, invalid UTF-8, control characters, wide and right-to-left ones.
SyntheticProfile long_names() {
  SyntheticProfile profile;
  std::string nested = "Value";
  while (nested.size() < 480) nested = "std::map<Key, " + nested + " >";
  profile.comment(lock_comment(1, 3'000'000'000, "a lock with " + std::string(480, 'x')));
  profile.comment(lock_comment(2, 2'000'000'000, "<script>alert(\"1\")</script> & 'quoted' \x1b[31m \xff\xc0\x80"));
  profile.comment(lock_comment(3, 1'000'000'000, "\xe9\x8d\xb5\xe3\x81\xae\xe5\x90\x8d\xe5\x89\x8d \xd7\x9e\xd7\xa0\xd7\xa2\xd7\x95\xd7\x9c \xe2\x80\xae" "desrever"));
  profile.frames(0x2000, {{"Store<" + nested + " >::insert(Key const&)", "/src/" + std::string(200, 'd') + "/store.cpp", 123456}})
      .frames(0x2100, {{"operator<<(std::ostream&, Value const&)", "/src/a&b<c>.cpp", 7}})
      .frames(0x2200, {{"]]></style><b>\x01\x02", "/src/\xf0\x9f\x94\x92.cpp", 1}})
      .frames(0x3000, {{"a_c_function_with_" + std::string(480, 'w'), "/src/c.c", 2}})
      .frames(0x4000, {{"main", "/src/main.cpp", 9}});
  for (unsigned id = 1; id <= 3; ++id) {
    const uint64_t place = 0x2000 + (id - 1) * 0x100;
    const long wait_ns = 4'000'000'000L - id * 1'000'000'000L;
    profile.sample({"waiter", id, place, 0, {place, 0x3000, 0x4000}, 3, wait_ns});
    profile.sample({"holder", id, 0x3000, place, {0x3000, 0x4000}, 3, wait_ns * 2 / 3});
    profile.sample({"holder", id, 0x2000, place, {0x2000, 0x4000}, 3, wait_ns / 4});
  }
  return profile;
}

// Readers and writers, recursion deeper than a picture, and a place whose callers are many.
SyntheticProfile deep_and_wide() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 2'000'000'000, "tree", "rwlock"));
  profile.frames(0x2000, {{"Tree::find(int)", "/src/tree.cpp", 20}})
      .frames(0x2100, {{"Tree::insert(int)", "/src/tree.cpp", 40}})
      .frames(0x3000, {{"visit(Node*)", "/src/visit.cpp", 5}})
      .frames(0x4000, {{"main", "/src/main.cpp", 9}});
  std::vector<uint64_t> deep{0x2000};
  deep.insert(deep.end(), 300, 0x3000);
  deep.push_back(0x4000);
  profile.sample({"waiter", 1, 0x2000, 0, deep, 1, 500'000'000, "tree", 0x1000, "read"});
  for (unsigned caller = 0; caller < 300; ++caller) {
    const uint64_t address = 0x20000 + caller * 16;
    profile.frames(address, {{"handler_" + std::to_string(caller) + "()", "/src/handlers.cpp", 10 + caller}});
    profile.sample({"waiter", 1, 0x2100, 0, {0x2100, address, 0x4000}, 1, 3'000'000 + caller * 10'000, "tree", 0x1000, "write"});
  }
  profile.sample({"holder", 1, 0x2000, 0x2100, {0x2000, 0x3000, 0x4000}, 9, 900'000'000, "tree", 0x1000, "read"});
  return profile;
}

}  // namespace

int main(int argument_count, char **arguments) {
  const std::map<std::string, std::function<SyntheticProfile()>> kinds = {{"empty", empty},
                                                                          {"one_lock", one_lock},
                                                                          {"two_sided", two_sided},
                                                                          {"two_sided_before", two_sided_before},
                                                                          {"hair", hair},
                                                                          {"hundred_locks", [] { return many_locks(100); }},
                                                                          {"thousand_locks", [] { return many_locks(1000); }},
                                                                          {"long_names", long_names},
                                                                          {"deep_and_wide", deep_and_wide}};
  const auto kind = kinds.find(argument_count == 3 ? arguments[1] : "");
  if (kind == kinds.end()) {
    fprintf(stderr, "usage: make_profile empty|one_lock|two_sided|two_sided_before|hair|hundred_locks|thousand_locks|long_names|deep_and_wide FILE\n");
    return 2;
  }
  kind->second().write(arguments[2]);
  return 0;
}
