// The samples of a profile, each as the bytes that the file has: a large profile has a million of them, and as structures they would take ten times
// as much memory. What the list takes is in proportion to the file.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace lockwrap::cli {

struct Label {
  int64_t key = 0;
  int64_t text = 0;  // 0: the label is a number
  int64_t number = 0;
  int64_t number_unit = 0;
  std::string unknown_fields;
};

struct Sample {
  std::vector<uint64_t> location_ids;  // leaf first
  std::vector<int64_t> values;
  std::vector<Label> labels;
  std::string unknown_fields;
};

// A hostile file: more than fits a machine's memory as structures.
class TooManyElements : public std::exception {};

class SampleList {
 public:
  size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }

  // `into` keeps its memory from one sample to the next. protozero::exception or TooManyElements if the bytes are no sample; those of a profile that
  // was read have been tried.
  void read(size_t index, Sample &into) const;
  Sample operator[](size_t index) const;

  std::string_view bytes_of(size_t index) const { return std::string_view(bytes_).substr(places_[index].start, places_[index].size); }

  void push_back(const Sample &sample);
  void add_bytes(std::string_view bytes);
  // So many bytes of samples will be added.
  void reserve_bytes(size_t bytes) { bytes_.reserve(bytes); }

 private:
  struct Place {
    size_t start, size;
  };
  std::string bytes_;
  std::vector<Place> places_;
};

}  // namespace lockwrap::cli
