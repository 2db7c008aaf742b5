// Names for the run-time addresses of a profile: those that it carries itself (after `symbolize`), else those of the
// program. Asked again and again for the same few addresses, so the answers are kept.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "names/frame.h"
#include "profile/profile.h"
#include "names/symbolizer.h"

namespace lockwrap::cli {

class FrameSource {
 public:
  // `symbolizer` may be null; it is asked for addresses within mapping 1 only. Both must outlive this.
  FrameSource(const Profile &profile, Symbolizer *symbolizer);

  // Innermost first, never empty: an address without a name is one frame whose function is "0x...".
  const Frames &frames_at(uint64_t address);

 private:
  const Mapping *executable_;
  Symbolizer *symbolizer_;
  std::unordered_map<uint64_t, Frames> known_;
};

// "0x4011d2"
std::string address_text(uint64_t address);

}  // namespace lockwrap::cli
