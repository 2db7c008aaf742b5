// What a program's machine code calls, jumps to and takes the address of, by way of capstone: x86-64, 32-bit x86, aarch64, 32-bit ARM.
//
// All code is read from the first byte to the last, and afresh from where each function begins: what some linkers put between functions is
// no code. What is no instruction is stepped over. A wrong reading shows an address of interest by an accident of 1 in 2^32 only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check/program_file.h"
#include "check/program_functions.h"

namespace lockwrap::cli {

class LongWork;

struct CodeUse {
  enum class Kind {
    kJump,     // call of, or jump to, `target`
    kSlot,     // call of, or jump to, or load of, the address in the word at `target`
    kAddress,  // takes the address `target`
  };
  Kind kind;
  uint64_t site;
  uint64_t target;
};

// A piece of code that only goes on to the function whose address is in a word: how a linker reaches shared libraries.
struct Stub {
  uint64_t slot;
  uint64_t site;  // of the instruction that uses the word
};

class MachineCode {
 public:
  // `table_address`: DynamicLinks::table_address, from which 32-bit x86 counts the places of its words.
  MachineCode(const ProgramFile &file, const ProgramFunctions &functions, uint64_t table_address);
  ~MachineCode();
  MachineCode(const MachineCode &) = delete;
  MachineCode &operator=(const MachineCode &) = delete;

  // Why calls cannot be examined, for the user; "" when they can.
  const std::string &problem() const { return problem_; }

  // Calls `visit` for each use, in the order of addresses.
  void each_use(const std::function<void(const CodeUse &)> &visit);
  // Where the jump or call at `address` goes; nothing when there is none. On 32-bit ARM it is ARM code.
  std::optional<uint64_t> jump_at(uint64_t address);
  std::optional<Stub> stub_at(uint64_t address);
  // Whether this is GNU ld's jump over its own stubs (for an erratum of Cortex-A53), which fill a page between two functions: it goes wherever the
  // next function is.
  bool is_jump_over_stubs(const CodeUse &use) const;
  // Whether the function that begins here returns within a few instructions.
  bool is_tiny(uint64_t function);
  // Whether the function that begins here makes a frame that a walk by frame pointers finds.
  bool sets_frame_pointer(uint64_t function);
  bool knows_frame_pointers() const;

 private:
  struct Engine;
  using Range = std::pair<uint64_t, uint64_t>;

  void find_ranges(const ProgramFile &file);
  // `work` is told of the KiB; `before` are the bytes of the ranges before.
  void read_range(uint64_t begin, uint64_t end, bool is_thumb, const std::function<void(const CodeUse &)> &visit, LongWork &work, uint64_t before);

  const ProgramFile &file_;
  const ProgramFunctions &functions_;
  uint64_t table_address_;
  std::string problem_;
  std::vector<Range> ranges_;  // by address, without overlaps
  std::vector<uint64_t> starts_;  // of functions, by address
  std::unique_ptr<Engine> engine_;
};

}  // namespace lockwrap::cli
