// Stacks with names, and how the stacks of waiters and holders meet.
#include "report/lock_stacks.h"

#include <doctest/doctest.h>

#include <map>
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

std::string text_of(const LockStack &stack) {
  FrameList frames;
  stack.read_frames(frames);
  std::string text;
  for (const StackFrame *frame : frames) text += frame->function + ":" + std::to_string(frame->line) + " ";
  return text;
}

// Of all places together, how much was charged to each; "" is nobody.
std::map<std::string, int64_t> charged_in(NamedProfile &profile) {
  std::map<std::string, int64_t> charged;
  for_each_blamed_place(
      profile, [](const LockStack &) {},
      [&](const LockStack *holder, int64_t wait_ns) { charged[holder == nullptr ? "" : text_of(*holder).substr(0, 6)] += wait_ns; });
  return charged;
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
  CHECK(text_of(stacks[0]) == "wait_here():5 work_a():50 main:1 ");
  CHECK(stacks[0].wait_ns == 750);
  CHECK(stacks[0].lock == "ledger");
  CHECK(text_of(stacks[1]) == "wait_here():5 work_b():60 main:1 ");
  CHECK(stacks_of(loaded.profile, Side::kHolder).empty());
}

TEST_CASE("a holder's stack begins where it took the lock, not where it released it") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 600});
  profile.sample({"holder", 1, 0x6000, 0x2000, {0x3000, 0x4000}, 1, 400});  // another function releases
  Loaded loaded(profile);
  const std::vector<LockStack> stacks = stacks_of(loaded.profile, Side::kHolder);
  REQUIRE(stacks.size() == 2);
  CHECK(text_of(stacks[0]) == "save_here():7 main:1 ");
  CHECK(text_of(stacks[1]) == "load_here():3 work_a():50 main:1 ");
}

TEST_CASE("a holder's stack has nothing of what carried the release") {
  SyntheticProfile profile = two_sided();
  profile.frames(0x9100, {{"std::mutex::unlock()", "/usr/include/mutex", 120}})
      .frames(0x5010, {{"std::lock_guard<std::mutex>::~lock_guard()", "/usr/include/mutex", 130}, {"save_here() [clone .cold]", "/src/b.cpp", 9}})
      .frames(0x3010, {{"std::mutex::unlock()", "/usr/include/mutex", 120}, {"work_a()", "/src/a.cpp", 51}});
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5010, 0x4000}, 1, 600});          // in a part of the same function
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x9100, 0x5008, 0x4000}, 1, 500});  // through a function
  profile.sample({"holder", 1, 0x6000, 0x2000, {0x9100, 0x3010, 0x4000}, 1, 400});  // in another function, through two
  profile.sample({"holder", 1, 0x9000, 0x2000, {0x9100, 0x3010, 0x4000}, 1, 300});  // where the lock was taken is plumbing, too
  profile.sample({"holder", 1, 0x9000, 0x2000, {0x9100}, 1, 200});
  Loaded loaded(profile);
  const std::vector<LockStack> stacks = stacks_of(loaded.profile, Side::kHolder);
  REQUIRE(stacks.size() == 5);
  CHECK(text_of(stacks[0]) == "save_here():7 main:1 ");
  CHECK(text_of(stacks[1]) == "save_here():7 main:1 ");
  CHECK(text_of(stacks[2]) == "load_here():3 work_a():51 main:1 ");
  CHECK(text_of(stacks[3]) == "work_a():51 main:1 ");
  CHECK(text_of(stacks[4]) == "std::mutex::lock():100 ");
}

TEST_CASE("a part of a stack is what it is in the whole one") {
  Loaded loaded(two_sided());
  const LockStack stack = stacks_of(loaded.profile, Side::kWaiter).front();
  FrameList whole, part;
  stack.read_frames(whole);
  CHECK(stack.source->most_frames(stack.number) >= whole.size());
  for (size_t enough = 1; enough <= whole.size(); ++enough) {
    CAPTURE(enough);
    const bool has_all_inner = stack.source->read_stack(stack.number, part, enough, StackSource::From::kInnermost);
    REQUIRE(part.size() >= enough);
    CHECK(has_all_inner == (part.size() == whole.size()));
    CHECK(std::equal(part.begin(), part.end(), whole.begin()));
    stack.source->read_stack(stack.number, part, enough, StackSource::From::kOutermost);
    REQUIRE(part.size() >= enough);
    CHECK(std::equal(part.rbegin(), part.rend(), whole.rbegin()));
  }
}

TEST_CASE("samples of several threads are one stack") {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 1000, "ledger")).frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}});
  profile.sample({.lock_id = 1, .site = 0x2000, .addresses = {0x2000}, .contentions = 1, .wait_ns = 300, .thread = "one"});
  profile.sample({.lock_id = 1, .site = 0x2000, .addresses = {0x2000}, .contentions = 2, .wait_ns = 400, .thread = "two"});
  Loaded loaded(profile);
  const std::vector<LockStack> stacks = stacks_of(loaded.profile, Side::kWaiter);
  REQUIRE(stacks.size() == 1);
  CHECK(stacks[0].wait_ns == 700);
  CHECK(stacks[0].contentions == 3);
  CHECK(loaded.profile.locks().threads.at("two").wait_ns == 400);
}

TEST_CASE("each waiter's stack is shared out among the holders of its place, the rest to nobody") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 600});
  profile.sample({"holder", 1, 0x6000, 0, {0x6000, 0x4000}, 1, 200});  // delayed several places
  Loaded loaded(profile);
  std::map<std::string, int64_t> charged = charged_in(loaded.profile);
  CHECK(charged.size() == 3);
  CHECK(charged["save_h"] == 600);
  CHECK(charged["load_h"] == 200);
  CHECK(charged[""] == 200);
}

TEST_CASE("holders who are charged with more than was waited are scaled down") {
  SyntheticProfile profile = two_sided();
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5008, 0x4000}, 1, 1500});
  profile.sample({"holder", 1, 0x6000, 0x2000, {0x6000, 0x4000}, 1, 500});
  Loaded loaded(profile);
  std::map<std::string, int64_t> charged = charged_in(loaded.profile);
  const int64_t of_save = charged["save_h"], all = of_save + charged["load_h"] + charged[""];
  CHECK(all <= 1000);
  CHECK(all >= 998);
  CHECK(of_save >= 749);
  CHECK(of_save <= 751);
}
