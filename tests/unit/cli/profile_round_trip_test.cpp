// Reading and writing a profile must not lose what this program does not know.
#include <doctest/doctest.h>

#include <protozero/pbf_writer.hpp>

#include "profile/profile_reader.h"
#include "profile/profile_writer.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using lockwrap::test::SyntheticProfile;

namespace {

std::string small_profile() {
  SyntheticProfile profile;
  profile.frames(0x2000, {{"inner()", "/src/a.h", 3}, {"outer()", "/src/a.cpp", 9}});
  profile.sample({"holder", 7, 0x2000, 0x3000, {0x2000, 0x3000}, 4, 500});
  return profile.bytes();
}

}  // namespace

TEST_CASE("a profile that is read and written twice stays the same") {
  const Profile first = parse_profile(small_profile(), "first");
  const std::string bytes = serialize_profile(first);
  const Profile second = parse_profile(bytes, "second");
  CHECK(serialize_profile(second) == bytes);
  CHECK(second.strings == first.strings);
  CHECK(second.comments == first.comments);
  CHECK(second.duration_ns == 12'000'000'000);
  REQUIRE(second.samples.size() == 1);
  CHECK(second.samples[0].values == std::vector<int64_t>{4, 500});
  CHECK(second.samples[0].labels.size() == 7);
  REQUIRE(second.locations.size() == 2);
  CHECK(second.locations[0].lines.size() == 2);
}

TEST_CASE("unknown fields of a newer format survive") {
  std::string location;
  protozero::pbf_writer location_writer{location};
  location_writer.add_uint64(1, 99);
  location_writer.add_string(77, "inside a location");
  std::string bytes = small_profile();
  protozero::pbf_writer writer{bytes};
  writer.add_message(4, location);
  writer.add_fixed64(55, 42);
  writer.add_string(9, "time_nanos as text: a known number with another type");
  const std::string written = serialize_profile(parse_profile(bytes, "newer"));
  const Profile again = parse_profile(written, "again");
  CHECK(written.find("inside a location") != std::string::npos);
  CHECK(written.find("another type") != std::string::npos);
  CHECK(again.unknown_fields.size() > 10);
  CHECK(again.locations.back().unknown_fields.find("inside a location") != std::string::npos);
}

TEST_CASE("negative and large numbers survive") {
  SyntheticProfile profile;
  profile.sample({"waiter", UINT64_MAX, UINT64_MAX - 1, 0, {UINT64_MAX}, -1, INT64_MAX});
  const Profile read = parse_profile(serialize_profile(parse_profile(profile.bytes(), "a")), "b");
  CHECK(read.samples[0].values == std::vector<int64_t>{-1, INT64_MAX});
  CHECK(read.locations[0].address == UINT64_MAX);
}
