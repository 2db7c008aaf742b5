// The samples of a profile, each as the bytes that the file has: a large profile has a million of them, and as structures they would take ten times
// as much memory. What the list takes beside the file is in proportion to it.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
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

// As a profile's message, behind what `into` has.
void append_bytes_of(const Sample &sample, std::string &into);

// A hostile file: more than fits a machine's memory as structures.
class TooManyElements : public std::exception {};

class SampleList {
 public:
  SampleList() = default;
  SampleList(SampleList &&) = default;
  SampleList &operator=(SampleList &&) = default;

  size_t size() const { return samples_.size(); }
  bool empty() const { return samples_.empty(); }

  // `into` keeps its memory from one sample to the next. protozero::exception or TooManyElements if the bytes are no sample; those of a profile that
  // was read have been tried.
  void read(size_t index, Sample &into) const;
  Sample operator[](size_t index) const;

  std::string_view bytes_of(size_t index) const { return samples_[index]; }

  void push_back(const Sample &sample);

  // Copies them, unless they are of the file that the list has.
  void add_bytes(std::string_view bytes);

  // From now on the list's, as long as it lives or moves on. Once, before anything is added.
  std::string_view take_file(std::string file) { return *(file_ = std::make_unique<const std::string>(std::move(file))); }

 private:
  std::unique_ptr<const std::string> file_;
  std::deque<std::string> blocks_;  // of samples that are not in the file; none of them grows beyond what was reserved
  std::vector<std::string_view> samples_;
};

}  // namespace lockwrap::cli
