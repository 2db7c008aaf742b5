// Many profiles as one: what is the same, what is added, and what is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "profile/lock_profile.h"
#include "profile/lock_profile.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

std::string hex(uint64_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

std::string comment(int id, uint64_t address, uint64_t first_use, const std::string &rest) {
  return "lockwrap lock id=" + std::to_string(id) + " kind=mutex address=" + hex(address) + " created=0x0 first_use=" + hex(first_use) +
         " contentions=2 wait_ns=1000 max_wait_ns=" + std::to_string(id * 100) + " blamed_ns=10 in_progress=1 histogram=3:1 " + rest;
}

// A process of one program, loaded at `base`: a named lock (id 1), a variable (2) and a lock on the heap (3), waited for in one stack each.
SyntheticProfile process(uint64_t base, uint64_t heap, const std::string &build_id = "abcd", const std::string &label = "mutex@0x") {
  SyntheticProfile profile("lockwrap process version=1 pid=17 sample_ns=1000 image=" + hex(base) + "-" + hex(base + 0x9000) + " program=/usr/bin/service");
  profile.mapping(base + 0x1000, base + 0x4000, 0x1000, "/usr/bin/service", build_id);
  profile.comment("lockwrap dropped samples=0 locks=0 stacks=3");
  profile.comment(comment(1, heap + 0x10, base + 0x2000, "name=ledger"));
  profile.comment(comment(2, base + 0x8000, base + 0x2010, ""));
  profile.comment(comment(3, heap + 0x50, base + 0x2020, ""));
  for (uint64_t id = 1; id <= 3; ++id) {
    const uint64_t site = base + 0x2000 + 0x10 * (id - 1);
    profile.sample({"waiter", id, site, 0, {site, base + 0x3000}, 2, 1000, id == 1 ? "ledger" : label + std::to_string(id), id == 2 ? base + 0x8000 : heap});
  }
  profile.comment("lockwrap holder lock=1 site=" + hex(base + 0x2030) + " holds=2 hold_ns=70 max_hold_ns=" + std::to_string(heap % 1000) +
                  " looked_ns=50 blocked_ns=20 histogram=5:2");
  profile.sample({"holder", 1, base + 0x2030, base + 0x2000, {base + 0x2030}, 1, 10, "ledger", heap});
  return profile;
}

struct Folder : TemporaryFolder {
  std::string write(const std::string &name, const SyntheticProfile &profile) {
    profile.write(*this / name);
    return *this / name;
  }
  CommandResult merge(const std::string &arguments) { return run_lockwrap("merge " + arguments + " -o " + (*this / "merged.pb.gz")); }
  lockwrap::cli::Profile raw() { return lockwrap::cli::read_profile_and_locks(*this / "merged.pb.gz", lockwrap::cli::RawSamples::kKept).profile; }
  lockwrap::cli::LockProfile locks() { return lockwrap::cli::read_profile_and_locks(*this / "merged.pb.gz", lockwrap::cli::RawSamples::kForgotten).locks; }
  json report() { return json::parse(run_lockwrap("report --json " + (*this / "merged.pb.gz")).output); }
  bool has_merged() { return std::filesystem::exists(*this / "merged.pb.gz"); }
};

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("processes of one program merge wherever it was loaded") {
  Folder folder;
  const std::string first = folder.write("1.pb.gz", process(0x555500000000, 0x7000000));
  const std::string second = folder.write("2.pb.gz", process(0x555577700000, 0x8123000));
  const std::string third = folder.write("3.pb.gz", process(0x555500010000, 0x555500000000));  // its heap is where the first one's code is
  const CommandResult result = folder.merge(first + " " + second + " " + third);
  CHECK_MESSAGE(result.exit_status == 0, result.errors);
  CHECK(result.errors == "");
  const lockwrap::cli::LockProfile merged = folder.locks();
  CHECK(merged.samples.size() == 4);
  REQUIRE(merged.holders.size() == 1);
  CHECK(merged.holders[0].site == 0x555500002030);
  CHECK(merged.holders[0].times.holds == 6);
  CHECK(merged.holders[0].times.hold_ns == 210);
  CHECK(merged.holders[0].times.looked_ns == 150);
  CHECK(merged.holders[0].times.blocked_ns == 60);
  CHECK(merged.holders[0].times.max_hold_ns == std::max({0x7000000 % 1000, 0x8123000 % 1000, static_cast<int>(0x555500000000 % 1000)}));
  REQUIRE(merged.locks.size() == 3);
  CHECK(merged.locks.at(2).address == 0x555500008000);
  CHECK(merged.locks.at(3).address == 0);
  CHECK(merged.locks.at(3).first_use == 0x555500002020);
  for (const auto &[id, lock] : merged.locks) {
    CHECK(lock.instances == 3);
    CHECK(lock.contentions == 6);
    CHECK(lock.wait_ns == 3000);
    CHECK(lock.max_wait_ns == static_cast<int64_t>(id) * 100);
    CHECK(lock.blamed_ns == 30);
    CHECK(lock.in_progress == 3);
    CHECK(lock.histogram == std::map<int, int64_t>{{3, 3}});
  }
  CHECK(merged.samples[0].wait_ns == 3000);
  CHECK(merged.samples[0].contentions == 6);
  CHECK(merged.samples[3].waiter_site == 0x555500002000);
  CHECK(merged.duration_ns == 36'000'000'000);
  CHECK(merged.dropped.at("stacks") == 9);
  CHECK(merged.files == 3);
  CHECK(folder.raw().mappings.size() == 1);
}

TEST_CASE("one profile merged with nothing reports the same, and merging in steps the same as at once") {
  Folder folder;
  const std::string first = folder.write("1.pb.gz", process(0x400000, 0x7000000)), second = folder.write("2.pb.gz", process(0x400000, 0x9000000));
  REQUIRE(folder.merge(first).exit_status == 0);
  json alone = folder.report(), plain = json::parse(run_lockwrap("report --json " + first).output);
  CHECK(alone["pid"] == 17);
  for (json *report : {&alone, &plain}) {
    for (json &lock : (*report)["locks"]) lock["lock"] = "";  // a lock on the heap has lost its address
  }
  CHECK(alone == plain);

  REQUIRE(folder.merge(first + " " + second + " " + first).exit_status == 0);
  const json at_once = folder.report();
  REQUIRE(folder.merge(first + " " + second).exit_status == 0);
  std::filesystem::rename(folder / "merged.pb.gz", folder / "part.pb.gz");
  REQUIRE(folder.merge((folder / "part.pb.gz") + " " + first).exit_status == 0);
  CHECK(folder.report() == at_once);
  CHECK(at_once["files"] == 3);
}

// One static mutex of ten thousand processes was called ten thousand locks, and their process "pid 0".
TEST_CASE("what is one variable of each process is no crowd of locks, and a merge is no process") {
  Folder folder;
  const std::string first = folder.write("1.pb.gz", process(0x400000, 0x7000000)), second = folder.write("2.pb.gz", process(0x400000, 0x9000000));
  REQUIRE(folder.merge(first + " " + second + " " + first).exit_status == 0);
  const std::string merged = folder / "merged.pb.gz";
  const std::string text = run_lockwrap("report " + merged).output;
  CHECK_MESSAGE(has(text, "(in 3 processes)"), text);              // the variable
  CHECK(has(text, "\nledger (3 locks in 3 processes) "));          // its name might be that of several of one process
  CHECK(has(text, "for the 3 locks `ledger`"));
  CHECK(has(run_lockwrap("report " + first).output, "\nledger  "));
  CHECK(has(run_lockwrap("html " + merged).output, " (in 3 processes)</td>"));
  const std::string top = run_lockwrap("top " + merged).output;
  CHECK(top.rfind("service, 3 profiles merged, since the start, 36.0 s: ", 0) == 0);
  CHECK_FALSE(has(top, "pid"));
}

TEST_CASE("another build without names is refused, naming both files, unless only names are asked for") {
  Folder folder;
  const std::string first = folder.write("1.pb.gz", process(0x400000, 0x7000000, "aa")), second = folder.write("2.pb.gz", process(0x400000, 0x9000000, "bb"));
  const CommandResult refused = folder.merge(first + " " + second);
  CHECK(refused.exit_status == 2);
  CHECK_MESSAGE(has(refused.errors, second + ": is of another build than " + first), refused.errors);
  CHECK_FALSE(folder.has_merged());
  REQUIRE(folder.merge("--by-name " + first + " " + second).exit_status == 0);
  const lockwrap::cli::LockProfile merged = folder.locks();
  CHECK(merged.locks.size() == 5);  // the named one is shared
  CHECK(merged.samples.size() == 8);
  const lockwrap::cli::Profile raw = folder.raw();
  REQUIRE(raw.mappings.size() == 2);
  CHECK(raw.mappings[1].memory_start >= raw.mappings[0].memory_limit);
  CHECK((raw.mappings[1].memory_start & 0xfff) == 0);
}

TEST_CASE("symbolized profiles of two builds merge by names") {
  const auto named = [](uint64_t base, const std::string &build_id, int64_t line) {
    SyntheticProfile profile = process(base, 0x7000000, build_id, "symbolized ");
    for (uint64_t id = 0; id < 3; ++id) profile.frames(base + 0x2000 + 0x10 * id, {{"wait_" + std::to_string(id) + "()", "/src/a.cpp", 10}});
    profile.frames(base + 0x2030, {{"hold()", "/src/a.cpp", line}}).frames(base + 0x3000, {{"main", "/src/a.cpp", 90}});
    return profile;
  };
  Folder folder;
  const std::string first = folder.write("1.pb.gz", named(0x400000, "aa", 50)), second = folder.write("2.pb.gz", named(0x600000, "bb", 51));
  REQUIRE(folder.merge(first + " " + second).exit_status == 0);
  const lockwrap::cli::LockProfile merged = folder.locks();
  CHECK(merged.samples.size() == 5);  // hold() is on another line: the only place that differs
  CHECK(merged.samples[0].wait_ns == 2000);
  const json report = folder.report();
  REQUIRE(report["locks"].size() == 3);
  REQUIRE(report["locks"][0]["waits_in"].size() == 1);
  CHECK(report["locks"][0]["waits_in"][0]["function"] == "wait_0()");
}

TEST_CASE("a file that cannot be merged stops everything, or is left out if asked") {
  Folder folder;
  const std::string good = folder.write("1.pb.gz", process(0x400000, 0x7000000));
  write_file(folder / "bad.pb.gz", read_file(good).substr(0, 100));
  const std::string newer = folder.write("newer.pb.gz", SyntheticProfile("lockwrap process version=2 pid=1 program=x"));
  for (const std::string &bad : {folder / "bad.pb.gz", folder / "none.pb.gz", newer, folder.path()}) {
    const CommandResult stopped = folder.merge(good + " " + bad + " " + good);
    CHECK(stopped.exit_status == 2);
    CHECK_MESSAGE(has(stopped.errors, bad + ": "), stopped.errors);
    CHECK(std::count(stopped.errors.begin(), stopped.errors.end(), '\n') == 1);
    CHECK_FALSE(folder.has_merged());
  }
  const CommandResult skipped = folder.merge("--skip-bad " + (folder / "bad.pb.gz") + " " + good + " " + newer + " " + good);
  CHECK(skipped.exit_status == 0);
  CHECK_MESSAGE(has(skipped.errors, "2 of 4 files were left out"), skipped.errors);
  CHECK(folder.report()["files"] == 2);
  std::filesystem::remove(folder / "merged.pb.gz");
  CHECK(folder.merge("--skip-bad " + newer).exit_status == 2);
  CHECK_FALSE(folder.has_merged());
}

TEST_CASE("the files to merge may come from a list") {
  Folder folder;
  const std::string first = folder.write("1.pb.gz", process(0x400000, 0x7000000)), second = folder.write("a name.pb.gz", process(0x400000, 0x9000000));
  write_file(folder / "list", first + "\n\n" + second + "\n");
  REQUIRE(folder.merge("--from " + (folder / "list") + " " + first).exit_status == 0);
  CHECK(folder.report()["files"] == 3);
  CHECK(run_shell("echo '" + second + "' | " LOCKWRAP_COMMAND " merge --from - -o " + (folder / "merged.pb.gz")).exit_status == 0);
  CHECK(folder.report()["files"] == 1);
  write_file(folder / "list", "\n");
  CHECK(folder.merge("--from " + (folder / "list")).exit_status == 2);
}

TEST_CASE("a terminal is told how far a long merge has come, and nobody else") {
  Folder folder;
  const std::string file = folder.write("1.pb.gz", process(0x400000, 0x7000000));
  write_file(folder / "slow", "#!/bin/bash\nexec " LOCKWRAP_COMMAND " merge " + file + " <(sleep 1.1; cat " + file + ") -o " + (folder / "merged.pb.gz") + "\n");
  const CommandResult terminal = run_shell("TERM=xterm NO_COLOR= script -qec 'bash " + (folder / "slow") + "' /dev/null");
  CHECK_MESSAGE(has(terminal.output, "merged 1 of 2 (50 %), read 1 KiB"), terminal.output);
  CHECK(folder.report()["files"] == 2);
  const CommandResult file_only = run_shell("bash " + (folder / "slow"));
  CHECK(file_only.exit_status == 0);
  CHECK(file_only.errors == "");
}

TEST_CASE("ten thousand profiles need hardly more memory than a hundred") {
  Folder folder;
  for (int index = 0; index < 100; ++index) {
    folder.write(std::to_string(index) + ".pb.gz", process(0x555500000000 + static_cast<uint64_t>(index) * 0x10000, 0x7000000 + static_cast<uint64_t>(index) * 0x1000));
  }
  std::string list;
  for (int index = 0; index < 100; ++index) list += (folder / (std::to_string(index) + ".pb.gz")) + "\n";
  write_file(folder / "hundred", list);
  std::string all;
  for (int round = 0; round < 100; ++round) {
    for (int index = 0; index < 100; ++index) {
      const std::string name = folder / (std::to_string(round) + "-" + std::to_string(index) + ".pb.gz");
      std::filesystem::create_hard_link(folder / (std::to_string(index) + ".pb.gz"), name);
      all += name + "\n";
    }
  }
  write_file(folder / "all", all);
  // A child's peak, in KiB, is the last number on stderr.
  const auto peak_of = [&](const std::string &name) {
    const CommandResult result = run_shell(LOCKWRAP_PEAK_MEMORY " " LOCKWRAP_COMMAND " merge --from " + (folder / name) + " -o " + (folder / "merged.pb.gz"));
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    return std::stol(result.output);
  };
  const long hundred = peak_of("hundred"), ten_thousand = peak_of("all");
  CHECK(folder.report()["files"] == 10'000);
  CHECK(folder.locks().samples.size() == 4);
  MESSAGE("peak of 100 files: ", hundred, " KiB; of 10,000: ", ten_thousand, " KiB");
  CHECK(ten_thousand < hundred * 2);  // the list of paths is the only thing that grows
}
