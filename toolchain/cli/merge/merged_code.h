// The code addresses of a merged profile: each process had its program elsewhere, and here all are in one place.
// What is the same is said in runtime/report/profile_format.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "profile/lock_profile.h"
#include "profile/profile.h"

namespace lockwrap::cli {

class MergedCode {
 public:
  explicit MergedCode(Profile &result) : result_(result), strings_(result) {}

  // The result's string table.
  StringTable &strings() { return strings_; }

  // To be called before the addresses of a file are asked for; `source` must live until the next call.
  void begin_file(const Profile &source, const LockProfile &locks);

  // Of the present file in the result; 0 stays 0. What a location of the file says about it goes along.
  uint64_t address_of(uint64_t address);

  // The same as the number of a location, which is made if there is none.
  uint64_t location_of(uint64_t address);

  // Of a variable in the present file's executable, in the result; 0 if it lies elsewhere.
  uint64_t variable_of(uint64_t address) const;

 private:
  struct Range {
    uint64_t start = 0, limit = 0;
  };
  struct Placement {
    Range here;          // in the present file
    uint64_t distance;   // to its place in the result
    size_t index;        // in result_.mappings
    bool is_executable;
  };

  void place(const Mapping &mapping);
  size_t mapping_for(const Mapping &mapping, const Profile &source, const Range &span);
  uint64_t free_distance(const Range &span) const;
  const Placement *placement_of(uint64_t address) const;
  std::vector<Line> lines_of(const Location &location);
  std::string key_of(const std::vector<Line> &lines) const;
  uint64_t function_of(const Function &function);
  uint64_t add_location(uint64_t address, uint64_t mapping_id, std::vector<Line> lines);

  Profile &result_;
  StringTable strings_;
  std::map<std::string, size_t> mappings_;                   // by what makes a mapping the same
  std::vector<Range> spans_;                                 // what each of the result's mappings occupies, with its variables
  std::map<std::string, uint64_t> functions_;
  std::unordered_map<uint64_t, size_t> locations_;           // by address, index in result_.locations
  std::unordered_map<std::string, uint64_t> named_places_;   // by frames, address

  uint64_t last_unmapped_ = 1;

  const Profile *source_ = nullptr;
  const LockProfile *locks_ = nullptr;
  std::vector<Placement> placements_;
  std::unordered_map<uint64_t, const Location *> source_locations_;
  std::unordered_map<uint64_t, const Function *> source_functions_;
  std::unordered_map<uint64_t, uint64_t> known_;             // address in the file, in the result
  std::unordered_map<uint64_t, uint64_t> known_locations_;   // address in the file, number of its location in the result
};

}  // namespace lockwrap::cli
