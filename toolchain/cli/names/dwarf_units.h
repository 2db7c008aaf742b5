// Which compilation unit, and which function in it, a code address belongs to.
//
// libdw answers the first question from .debug_aranges, which clang does not write, so that the units' own ranges are
// read here; the second one by a walk of the whole unit each time, so that the functions' ranges are kept here too.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <vector>

namespace lockwrap::cli {

class DwarfUnits {
 public:
  // `dwarf` may be null (no debug information) and must outlive this.
  explicit DwarfUnits(Dwarf *dwarf);

  struct Unit {
    Dwarf_Die lines{};    // the DIE that has the line table (the skeleton, with -gsplit-dwarf)
    Dwarf_Die content{};  // the DIE that has the functions
    bool is_indexed = false;
    struct Range {
      uint64_t start, end;
      Dwarf_Die function;
    };
    std::vector<Range> functions;
  };

  // A part of the debug information lies in .dwo files.
  bool has_split_units() const { return has_split_units_; }

  // Null when no unit covers the address.
  Unit *unit_at(uint64_t address);

  // The innermost DW_TAG_subprogram whose ranges cover the address, or null.
  static Dwarf_Die *function_at(Unit &unit, uint64_t address);

 private:
  struct Range {
    uint64_t start, end;
    size_t unit;
  };
  bool has_split_units_ = false;
  std::vector<Unit> units_;
  std::vector<Range> ranges_;
};

}  // namespace lockwrap::cli
