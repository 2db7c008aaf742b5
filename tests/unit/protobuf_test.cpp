// ProtobufMessage, read back by protozero.
#include "runtime/report/protobuf.h"

#include <doctest/doctest.h>

#include <memory>
#include <protozero/pbf_reader.hpp>
#include <random>
#include <string>
#include <vector>

using lockwrap::report::ProtobufMessage;
using lockwrap::report::varint_bytes;

namespace {

protozero::pbf_reader reader(const ProtobufMessage& message) { return protozero::pbf_reader(message.data(), message.size()); }

constexpr uint64_t kNumbers[] = {0, 1, 127, 128, 16383, 16384, 0xffffffff, uint64_t{1} << 63, UINT64_MAX};

}  // namespace

TEST_CASE("protobuf: numbers of every length, in fields of every length") {
  for (uint32_t field : {1u, 15u, 16u, 2047u, 2048u}) {
    for (uint64_t number : kNumbers) {
      const auto message = std::make_unique<ProtobufMessage>();
      message->add_number(field, number);
      auto read = reader(*message);
      REQUIRE(read.next());
      CHECK(read.tag() == field);
      CHECK(read.get_uint64() == number);
      CHECK_FALSE(read.next());
    }
  }
}

TEST_CASE("protobuf: a varint has one byte for seven bits") {
  CHECK(varint_bytes(0) == 1);
  CHECK(varint_bytes(127) == 1);
  CHECK(varint_bytes(128) == 2);
  CHECK(varint_bytes(UINT64_MAX) == 10);
}

TEST_CASE("protobuf: packed numbers, strings and nested messages") {
  const auto inner = std::make_unique<ProtobufMessage>();
  inner->add_number(1, 42);
  inner->add_bytes(2, "with\0zero", 9);
  const auto outer = std::make_unique<ProtobufMessage>();
  outer->add_numbers(3, kNumbers, std::size(kNumbers));
  outer->add_message(4, *inner);
  outer->add_numbers(5, nullptr, 0);
  auto read = reader(*outer);
  REQUIRE(read.next(3));
  std::vector<uint64_t> numbers;
  for (uint64_t number : read.get_packed_uint64()) numbers.push_back(number);
  CHECK(numbers == std::vector<uint64_t>(std::begin(kNumbers), std::end(kNumbers)));
  REQUIRE(read.next(4));
  auto nested = read.get_message();
  REQUIRE(nested.next(1));
  CHECK(nested.get_uint64() == 42);
  REQUIRE(nested.next(2));
  CHECK(nested.get_string() == std::string("with\0zero", 9));
  CHECK_FALSE(nested.next());
}

TEST_CASE("protobuf: what does not fit is left out whole, and the rest is readable") {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const auto message = std::make_unique<ProtobufMessage>();
    for (int part = 0; part < 40; ++part) {
      const std::string bytes(random() % 700, 'b');
      const std::vector<uint64_t> numbers(random() % 60, UINT64_MAX >> (random() % 64));
      switch (random() % 3) {
        case 0: message->add_bytes(1, bytes.data(), bytes.size()); break;
        case 1: message->add_numbers(2, numbers.data(), numbers.size()); break;
        default: message->add_number(3, random());
      }
    }
    REQUIRE(message->size() <= 4096);
    auto read = reader(*message);
    size_t fields = 0;
    while (read.next()) {
      ++fields;
      read.skip();  // throws when the field is not whole
    }
    CHECK(fields > 5);
  }
}

TEST_CASE("protobuf: a cleared message begins anew") {
  const auto message = std::make_unique<ProtobufMessage>();
  message->add_number(1, 5);
  message->clear();
  CHECK(message->size() == 0);
  message->add_number(2, 6);
  auto read = reader(*message);
  REQUIRE(read.next(2));
  CHECK(read.get_uint64() == 6);
}
