// `lockwrap flame` as a shell sees it.
#include <doctest/doctest.h>

#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

bool holds(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

std::string lock_comment(int id, const std::string &name) {
  return "lockwrap lock id=" + std::to_string(id) + " kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=1000 " +
         "max_wait_ns=1000 blamed_ns=0 name=" + name;
}

SyntheticProfile two_locks() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, "accounts")).comment(lock_comment(2, "jour;nal"));
  profile.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}})
      .frames(0x3000, {{"main", "/src/main.cpp", 1}})
      .frames(0x5000, {{"save_here()", "/src/b.cpp", 7}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000}, 1, 1000});
  profile.sample({"waiter", 2, 0x2000, 0, {0x2000, 0x3000}, 1, 500});
  profile.sample({"holder", 1, 0x5000, 0x2000, {0x5000, 0x3000}, 1, 600});
  return profile;
}

}  // namespace

TEST_CASE("a flame graph is written to the standard output, or to a file") {
  const TemporaryFolder folder;
  const std::string profile = folder / "a.pb.gz";
  two_locks().write(profile);
  for (const char *side : {"", " --side=both", " --side=waiter", " --side=holder"}) {
    CAPTURE(side);
    const CommandResult result = run_lockwrap("flame " + profile + side);
    CHECK(result.exit_status == 0);
    CHECK(result.errors == "");
    CHECK(holds(result.output, "</svg>\n"));
    CHECK(run_lockwrap("flame " + profile + side + " -o " + (folder / "a.svg")).exit_status == 0);
    CHECK(read_file(folder / "a.svg") == result.output);
    CHECK(run_shell("xmllint --noout --nonet " + (folder / "a.svg")).errors == "");
  }
  CHECK(run_lockwrap("flame " + profile).output == run_lockwrap("flame " + profile + " --side=both").output);
  CHECK(holds(run_lockwrap("flame " + profile).output, "width=\"1200\""));
  CHECK(holds(run_lockwrap("flame --width 800 " + profile).output, "width=\"800\""));
  CHECK(run_lockwrap("flame --width 80 " + profile).exit_status == 2);
}

TEST_CASE("folded stacks have a line a stack, in nanoseconds") {
  const TemporaryFolder folder;
  const std::string profile = folder / "a.pb.gz";
  two_locks().write(profile);
  CHECK(run_lockwrap("flame --folded --side=waiter " + profile).output ==
        "main;wait_here() a.cpp:5;[accounts] 1000\n"
        "main;wait_here() a.cpp:5;[jour:nal] 500\n");
  CHECK(run_lockwrap("flame --folded --side=holder " + profile).output == "main;save_here() b.cpp:7;[accounts] 600\n");
  CHECK(run_lockwrap("flame --folded " + profile).output ==
        "main;wait_here() a.cpp:5;[accounts];save_here() b.cpp:7;main 600\n"
        "main;wait_here() a.cpp:5;[jour:nal];[no holder seen] 500\n"
        "main;wait_here() a.cpp:5;[accounts];[no holder seen] 400\n");
}

TEST_CASE("one lock is drawn alone, an unknown one is refused") {
  const TemporaryFolder folder;
  const std::string profile = folder / "a.pb.gz";
  two_locks().write(profile);
  const CommandResult one = run_lockwrap("flame --lock accounts " + profile);
  CHECK(one.exit_status == 0);
  CHECK(holds(one.output, "threads waited 1.00 us in all for accounts alone"));
  CHECK(!holds(one.output, "jour;nal"));
  CHECK(run_lockwrap("flame --folded --side=waiter --lock 'jour;nal' " + profile).output == "main;wait_here() a.cpp:5;[jour:nal] 500\n");

  const CommandResult none = run_lockwrap("flame --lock nonesuch " + profile + " -o " + (folder / "none.svg"));
  CHECK(none.exit_status == 2);
  CHECK(holds(none.errors, "a.pb.gz: no lock of the name 'nonesuch' was waited for; there are: accounts, jour;nal"));
  CHECK(read_file(folder / "none.svg") == "");
}

TEST_CASE("an empty profile gives a picture and no folded lines") {
  const TemporaryFolder folder;
  const std::string profile = folder / "a.pb.gz";
  SyntheticProfile().write(profile);
  const CommandResult picture = run_lockwrap("flame " + profile);
  CHECK(picture.exit_status == 0);
  CHECK(holds(picture.output, "No thread had to wait for a lock."));
  CHECK(run_lockwrap("flame --folded " + profile).output == "");
  CHECK(run_lockwrap("flame --side=top " + profile).exit_status == 2);
  CHECK(run_lockwrap("flame " + (folder / "missing")).exit_status == 2);
}

TEST_CASE("a flame graph of a hundred thousand stacks needs little more memory than the report") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.pb.gz";
  SyntheticProfile profile;
  profile.comment(lock_comment(1, "accounts"));
  for (uint64_t function = 0; function < 210; ++function) {
    profile.frames(0x2000 + function * 16, {{"function_" + std::to_string(function) + "()", "/src/a.cpp", static_cast<int64_t>(function + 1)}});
  }
  for (uint64_t index = 0; index < 100'000; ++index) {  // the digits of the index tell the outermost five calls, and all further ones
    std::vector<uint64_t> stack;
    for (uint64_t depth = 21, digits = index; depth-- > 0; digits = digits < 10 ? index : digits / 10) stack.insert(stack.begin(), 0x2000 + (depth * 10 + digits % 10) * 16);
    profile.sample({"waiter", 1, stack.front(), 0, stack, 1, 1000});
  }
  profile.write(path);
  // A child's peak, in KiB, is the last number on stdout.
  const auto peak_of = [&](const std::string &command) {
    const CommandResult result = run_shell(LOCKWRAP_PEAK_MEMORY " " LOCKWRAP_COMMAND " " + command + " " + path + " -o " + (folder / "output"));
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    return std::stol(result.output);
  };
  const long report = peak_of("report"), flame = peak_of("flame"), waiters = peak_of("flame --side=waiter");
  MESSAGE("peak of the report: ", report, " KiB; of the flame graph: ", flame, " KiB; of one side: ", waiters, " KiB");
  CHECK(flame < report * 3);
  CHECK(waiters < report * 3);
}
