// The place that a report shows for a sample: the code that decided to wait or to hold, not the std::mutex::lock it
// went through.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "names/frame_source.h"
#include "profile/lock_profile.h"

namespace lockwrap::cli {

struct Place {
  std::string function;  // demangled, with parameters; "" for several unknown places
  std::string file;      // full path; "" without debug information
  int64_t line = 0;
  auto operator<=>(const Place &) const = default;
};

// "cache.cpp:41"; "" without debug information.
std::string short_file_and_line(const Place &place);

// "Cache::get() cache.cpp:41", with the function cut at `columns` characters.
std::string short_place(const Place &place, size_t columns);

class LockPlaces {
 public:
  // All must outlive this.
  LockPlaces(const LockProfile &profile, FrameSource &frames);

  // The site, when one of its frames (inlined ones count) is not lock plumbing; else the first frame of the stack that
  // is not; else the site's innermost frame. The site comes first because every sample has it, so that all samples of a
  // hold agree, and because the line where a lock was taken says more than the one where it was released.
  // What is returned stays as long as this, and the same place of the same site or stack is at the same address.
  const Place &of_sample(const LockSample &sample);
  // The same of a site and a stack that are in no sample.
  Place of_stack(uint64_t site, const std::vector<uint64_t> &addresses);

  // For a code address of a lock without a stack at hand: when the address itself is lock plumbing (unoptimised code),
  // the place of the heaviest waiter sample there. 0 gives an empty place.
  Place of_address(uint64_t lock_id, uint64_t address);

 private:
  void find_heaviest();
  const Place *of_site(uint64_t site);  // null: it does not decide

  const LockProfile &profile_;
  FrameSource &frames_;
  std::unordered_map<uint64_t, std::optional<Place>> by_site_;  // none: the site does not decide
  std::map<std::pair<uint64_t, const uint32_t *>, Place> by_stack_;  // of such a site, by it and where the stack is kept
  bool has_heaviest_ = false;
  std::map<std::pair<uint64_t, uint64_t>, const LockSample *> heaviest_;  // by lock and site
};

}  // namespace lockwrap::cli
