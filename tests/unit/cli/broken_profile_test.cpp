// Whatever is given as a profile: one clear sentence with the file's name, exit 2, no crash, nothing written.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <protozero/pbf_writer.hpp>

#include "base/error.h"
#include "profile/gzip_file.h"
#include "profile/lock_profile.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

std::string good_bytes() {
  SyntheticProfile profile;
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 1, 1000});
  return profile.bytes();
}

std::string with_field(const std::function<void(protozero::pbf_writer &)> &add) {
  std::string bytes = good_bytes();
  protozero::pbf_writer writer{bytes};
  add(writer);
  return bytes;
}

std::string message(const std::function<void(protozero::pbf_writer &)> &add) {
  std::string bytes;
  protozero::pbf_writer writer{bytes};
  add(writer);
  return bytes;
}

void check_refused(const std::string &path, const std::string &expected) {
  const TemporaryFolder folder;
  for (const std::string &arguments : {"report " + path, "report --json -o " + (folder / "out") + " " + path,
                                       "symbolize " + path + " -o " + (folder / "out")}) {
    const CommandResult result = run_lockwrap(arguments);
    CAPTURE(arguments);
    CHECK(result.exit_status == 2);
    CHECK(result.output == "");
    CHECK_MESSAGE(result.errors.find(expected) != std::string::npos, result.errors);
    CHECK_MESSAGE(result.errors.find(path) != std::string::npos, result.errors);
    CHECK_MESSAGE(std::count(result.errors.begin(), result.errors.end(), '\n') == 1, result.errors);
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

void check_content_refused(const std::string &content, const std::string &expected) {
  const TemporaryFolder folder;
  const std::string path = folder / "broken.pb.gz";
  write_file(path, content);
  check_refused(path, expected);
}

}  // namespace

TEST_CASE("a missing profile is refused with its name") { check_refused("/no/such/profile.pb.gz", "cannot be opened (No such file"); }

TEST_CASE("a directory is refused with its name") {
  const TemporaryFolder folder;
  check_refused(folder.path(), "is a directory");
}

TEST_CASE("an empty profile is refused with its name") { check_content_refused("", "is empty"); }

TEST_CASE("a file that is not gzip'ed is refused with its name") {
  check_content_refused("hello, world\n", "not gzip'ed");
  check_content_refused("\x1f", "not gzip'ed");
  check_content_refused(good_bytes(), "not gzip'ed");
}

TEST_CASE("a truncated profile is refused with its name") {
  const std::string whole = gzip(good_bytes());
  for (const size_t bytes : {size_t{2}, size_t{9}, size_t{30}, whole.size() / 2, whole.size() - 8, whole.size() - 1}) {
    CAPTURE(bytes);
    check_content_refused(whole.substr(0, bytes), "is truncated");
  }
}

TEST_CASE("a profile with damaged gzip data is refused with its name") {
  std::string wrong_sum = gzip(good_bytes());
  wrong_sum[wrong_sum.size() - 6] ^= 0x55;
  check_content_refused(wrong_sum, "is damaged");
  check_content_refused(gzip(good_bytes()) + "trailing garbage", "is damaged");
  check_content_refused(std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff\xff\xff", 16), "is damaged");
}

TEST_CASE("gzip'ed garbage is refused with its name") {
  check_content_refused(gzip("this is no protocol buffer at all"), "is not a profile, or a damaged one");
  check_content_refused(gzip(std::string(1000, '\xff')), "is not a profile, or a damaged one");
  check_content_refused(gzip(""), "is damaged (it has no string table)");
}

TEST_CASE("a profile of another tool is refused with its name") {
  const std::string foreign = message([](auto &out) { out.add_string(6, ""); });
  check_content_refused(gzip(foreign), "lockwrap did not write it");
}

TEST_CASE("a profile of a newer format is refused with its name") {
  const std::string newer = message([](auto &out) {
    out.add_string(6, "");
    out.add_string(6, "lockwrap process version=2 pid=1 program=x");
    out.add_uint64(13, 1);
  });
  check_content_refused(gzip(newer), "has profile format 2");
}

TEST_CASE("a profile with references into nowhere is refused with its name") {
  const auto refuse = [](const std::function<void(protozero::pbf_writer &)> &add) {
    check_content_refused(gzip(with_field(add)), "is damaged (");
  };
  refuse([](auto &out) { out.add_uint64(13, 1000); });        // a comment beyond the string table
  refuse([](auto &out) { out.add_int64(13, -1); });
  refuse([](auto &out) { out.add_uint64(14, 1000); });        // the default sample type
  refuse([](auto &out) {                                      // a sample without values
    out.add_message(2, message([](auto &sample) { sample.add_uint64(1, 1); }));
  });
  refuse([](auto &out) {                                      // a sample at a location that is not there
    out.add_message(2, message([](auto &sample) {
      sample.add_uint64(1, 1000);
      sample.add_uint64(2, 1);
      sample.add_uint64(2, 1);
    }));
  });
  refuse([](auto &out) {                                      // a location in a mapping that is not there
    out.add_message(4, message([](auto &location) {
      location.add_uint64(1, 50);
      location.add_uint64(2, 50);
    }));
  });
  refuse([](auto &out) {                                      // a line of a function that is not there
    out.add_message(4, message([](auto &location) {
      location.add_uint64(1, 50);
      location.add_message(4, message([](auto &line) { line.add_uint64(1, 9); }));
    }));
  });
  refuse([](auto &out) {                                      // two locations with one number
    out.add_message(4, message([](auto &location) { location.add_uint64(1, 1); }));
  });
  refuse([](auto &out) {                                      // a function's name beyond the string table
    out.add_message(5, message([](auto &function) {
      function.add_uint64(1, 1);
      function.add_uint64(2, 1000);
    }));
  });
}

TEST_CASE("any single changed byte of a profile is survived") {
  const TemporaryFolder folder;
  const std::string bytes = good_bytes();
  for (size_t index = 0; index < bytes.size(); ++index) {
    for (const unsigned char change : {0x01, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[index] = static_cast<char>(static_cast<unsigned char>(changed[index]) ^ change);
      try {
        lockwrap::cli::parse_profile_and_locks(changed, "changed");
      } catch (const lockwrap::cli::CommandError &error) {
        CHECK(std::string(error.what()).rfind("changed: ", 0) == 0);
      }
    }
  }
}

TEST_CASE("a gzip bomb is refused before it fills the memory") {
  const TemporaryFolder folder;
  const std::string path = folder / "bomb.pb.gz";
  write_file(path, gzip(std::string(64 << 20, '\0')));
  CHECK_THROWS_AS(lockwrap::cli::read_gzip_file(path, 1 << 20), lockwrap::cli::CommandError);
  CHECK(lockwrap::cli::read_gzip_file(path, 65 << 20).size() == 64 << 20);
}

TEST_CASE("a profile of very many tiny records is refused before it fills the memory") {
  std::string bytes;
  for (int index = 0; index < 5'000'000; ++index) bytes += std::string("\x12\x00", 2);
  CHECK_THROWS_AS(lockwrap::cli::parse_profile_and_locks(bytes, "many"), lockwrap::cli::CommandError);
}

// Samples are decoded in batches, beside their reading.
TEST_CASE("what is wrong with a late sample is told as of an early one") {
  SyntheticProfile many;
  for (int index = 1; index <= 9000; ++index) many.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000 + static_cast<uint64_t>(index)}, 1, 1000});
  const auto refuse = [&](const std::string &sample, const std::string &expected) {
    std::string bytes = many.bytes();
    protozero::pbf_writer(bytes).add_message(2, sample);
    check_content_refused(gzip(bytes), expected);
  };
  refuse("\x0a\x01\x01", "is damaged (a sample has too many or too few values)");
  refuse("\x0a\x7f", "is not a profile, or a damaged one");
}

TEST_CASE("samples that are large in memory are not kept together") {
  const TemporaryFolder folder;
  std::string bytes = good_bytes();
  std::string labels;
  for (int index = 0; index < 200'000; ++index) labels += std::string("\x1a\x00", 2);
  const int64_t values[] = {1, 1000};
  for (int index = 0; index < 60; ++index) {
    protozero::pbf_writer(bytes).add_message(2, message([&](auto &sample) { sample.add_packed_int64(2, std::begin(values), std::end(values)); }) + labels);
  }
  write_file(folder / "large.pb.gz", gzip(bytes));
  const CommandResult result = run_shell(LOCKWRAP_PEAK_MEMORY " " LOCKWRAP_COMMAND " report " + (folder / "large.pb.gz") + " -o /dev/null");
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  const long kib = std::stol(result.output);
  CHECK_MESSAGE(kib < 200 << 10, kib);  // each is 15 MB, all of them a thousand
}
