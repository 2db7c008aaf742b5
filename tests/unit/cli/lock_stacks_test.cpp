// Stacks with names, and how the stacks of waiters and holders meet.
#include "report/lock_stacks.h"

#include <doctest/doctest.h>

#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using lockwrap::test::SyntheticProfile;
using lockwrap::test::TemporaryFolder;

namespace {

std::string lock_comment(int id, long wait_ns, const char *name) {
  std::ostringstream text;
  text << "lockwrap lock id=" << id << " kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=" << wait_ns
       << " max_wait_ns=1 blamed_ns=0 name=" << name;
  return text.str();
}

// wait_here and save_here are called by work_a and work_b, these by main; 0x9000 is std::mutex::lock.
SyntheticProfile two_sided() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 1000, "ledger"));
  profile.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}})
      .frames(0x3000, {{"work_a()", "/src/a.cpp", 50}})
      .frames(0x3100, {{"work_b()", "/src/a.cpp", 60}})
      .frames(0x4000, {{"main", "/src/main.cpp", 1}})
      .frames(0x5000, {{"save_here()", "/src/b.cpp", 7}})
      .frames(0x5008, {{"save_here()", "/src/b.cpp", 9}})
      .frames(0x6000, {{"load_here()", "/src/c.cpp", 3}})
      .frames(0x9000, {{"std::mutex::lock()", "/usr/include/mutex", 100}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x9000, 0x2000, 0x3000, 0x4000}, 3, 750});
  profile.sample({"waiter", 1, 0x2000, 0, {0x9000, 0x2000, 0x3100, 0x4000}, 1, 250});
  return profile;
}

std::string text_of(const std::vector<StackFrame> &frames) {
  std::string text;
  for (const StackFrame &frame : frames) text += frame.function + ":" + std::to_string(frame.line) + " ";
  return text;
}

struct Loaded {
  TemporaryFolder folder;
  std::string path = folder / "profile.pb.gz";
  NamedProfile profile;

  explicit Loaded(const SyntheticProfile &synthetic) : profile((synthetic.write(path), path), {}) {}
};

}  // namespace

TEST_CASE("a waiter's stack begins where it waited, without the plumbing") {
  Loaded loaded(two_sided());
  const std::vector<LockStack> stacks = stacks_of(loaded.profile, Side::kWaiter);
  REQUIRE(stacks.size() == 2);
  CHECK(text_of(stacks[0].frames) == "wait_here():5 work_a():50 main:1 ");
  CHECK(stacks[0].wait_ns == 750);
  CHECK(stacks[0].lock == "ledger");
  CHECK(text_of(stacks[1].frames) == "wait_here():5 work_b():60 main:1 ");
  CHECK(stacks_of(loaded.profile, Side::kHolder).empty());
}

TEST_CASE("a holder's stack begins where it took the lock, not where it released it") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 600});
  profile.sample({"holder", 1, 0x6000, 0x2000, {0x3000, 0x4000}, 1, 400});  // another function releases
  Loaded loaded(profile);
  const std::vector<LockStack> stacks = stacks_of(loaded.profile, Side::kHolder);
  REQUIRE(stacks.size() == 2);
  CHECK(text_of(stacks[0].frames) == "save_here():7 main:1 ");
  CHECK(text_of(stacks[1].frames) == "load_here():3 work_a():50 main:1 ");
}

TEST_CASE("each waiter's stack is shared out among the holders of its place, the rest to nobody") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 600});
  profile.sample({"holder", 1, 0x6000, 0, {0x6000, 0x4000}, 1, 200});  // delayed several places
  Loaded loaded(profile);
  int64_t of_save = 0, of_load = 0, of_nobody = 0, all = 0;
  for (const BlamedStack &stack : blamed_stacks_of(loaded.profile)) {
    all += stack.wait_ns;
    if (stack.holder.empty()) of_nobody += stack.wait_ns;
    else (stack.holder.front().function == "save_here()" ? of_save : of_load) += stack.wait_ns;
  }
  CHECK(all == 1000);
  CHECK(of_save == 600);
  CHECK(of_load == 200);
  CHECK(of_nobody == 200);
}

TEST_CASE("holders who are charged with more than was waited are scaled down") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 1500});
  profile.sample({"holder", 1, 0x6000, 0x2000, {0x6000, 0x4000}, 1, 500});
  Loaded loaded(profile);
  int64_t of_save = 0, all = 0;
  for (const BlamedStack &stack : blamed_stacks_of(loaded.profile)) {
    all += stack.wait_ns;
    if (!stack.holder.empty() && stack.holder.front().function == "save_here()") of_save += stack.wait_ns;
  }
  CHECK(all <= 1000);
  CHECK(all >= 998);
  CHECK(of_save >= 749);
  CHECK(of_save <= 751);
}
