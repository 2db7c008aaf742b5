// How the messages of a profile are read: by number *and* wire type, since protozero asserts on a wrong type instead of throwing, and a hostile file
// must not reach an assert. A known number with another type is kept as an unknown field, as protobuf asks.
#pragma once

#include <cstdint>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>
#include <string>
#include <vector>

namespace lockwrap::cli {

// Calls `known` at each field; what it leaves (returns false) is copied byte by byte.
template <typename Known>
void for_each_field(protozero::pbf_reader &reader, std::string &unknown_fields, Known known) {
  for (;;) {
    const char *start = reader.data().data();
    if (!reader.next()) return;
    if (known(reader)) continue;
    reader.skip();
    unknown_fields.append(start, static_cast<size_t>(reader.data().data() - start));
  }
}

template <typename Number>
bool read_number(protozero::pbf_reader &reader, Number &into) {
  if (reader.wire_type() != protozero::pbf_wire_type::varint) return false;
  into = static_cast<Number>(reader.get_uint64());
  return true;
}

// `spend` is called for each.
template <typename Number, typename Spend>
bool read_numbers(protozero::pbf_reader &reader, std::vector<Number> &into, Spend spend) {
  if (reader.wire_type() == protozero::pbf_wire_type::varint) {
    spend();
    into.push_back(static_cast<Number>(reader.get_uint64()));
    return true;
  }
  if (reader.wire_type() != protozero::pbf_wire_type::length_delimited) return false;
  // Not by protozero's iterator, which looks at each number twice: most of a large profile is stacks.
  const protozero::data_view bytes = reader.get_view();
  for (const char *at = bytes.data(), *const end = at + bytes.size(); at != end;) {
    spend();
    into.push_back(static_cast<Number>(protozero::decode_varint(&at, end)));
  }
  return true;
}

}  // namespace lockwrap::cli
