// The unit table is built at once, from the root DIEs only; a unit's function table when an address first falls into it.
#include "names/dwarf_units.h"

#include <dwarf.h>

#include <algorithm>

#include "base/long_work.h"

namespace lockwrap::cli {
namespace {

constexpr int kMaximumDepth = 64;  // of nested scopes; deeper ones are not searched

template <typename Each>
void for_each_range(Dwarf_Die *die, Each each) {
  Dwarf_Addr base = 0, start = 0, end = 0;
  ptrdiff_t offset = 0;
  while ((offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0) {
    if (start < end) each(start, end);
  }
}

void collect_functions(Dwarf_Die *parent, std::vector<DwarfUnits::Unit::Range> &functions, int depth) {
  Dwarf_Die child;
  if (depth > kMaximumDepth || dwarf_child(parent, &child) != 0) return;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_subprogram:
        for_each_range(&child, [&](uint64_t start, uint64_t end) { functions.push_back({start, end, child}); });
        [[fallthrough]];  // a local class has its member functions inside the function
      case DW_TAG_lexical_block:
      case DW_TAG_namespace:
      case DW_TAG_module:
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
      case DW_TAG_union_type:
        collect_functions(&child, functions, depth + 1);
        break;
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

}  // namespace

DwarfUnits::DwarfUnits(Dwarf *dwarf) {
  if (dwarf == nullptr) return;
  Dwarf_CU *unit = nullptr;
  Dwarf_Die root, split_root;
  uint8_t type = 0;
  LongWork work("found", 0, " units of debug information");
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, &type, &root, &split_root) == 0) {
    if (type != DW_UT_compile && type != DW_UT_skeleton && type != DW_UT_partial) continue;
    has_split_units_ |= type == DW_UT_skeleton;
    work.step();
    Unit entry;
    entry.lines = root;
    entry.content = type == DW_UT_skeleton && split_root.addr != nullptr ? split_root : root;
    for_each_range(&root, [&](uint64_t start, uint64_t end) { ranges_.push_back({start, end, units_.size()}); });
    units_.push_back(std::move(entry));
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range &left, const Range &right) { return left.start < right.start; });
}

DwarfUnits::Unit *DwarfUnits::unit_at(uint64_t address) {
  // Functions that the linker threw away have ranges at 0, which overlap; those of living code do not.
  auto next = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                               [](uint64_t wanted, const Range &range) { return wanted < range.start; });
  for (int step = 0; next != ranges_.begin() && step < kMaximumDepth; ++step) {
    if (address < (--next)->end) return &units_[next->unit];
  }
  return nullptr;
}

Dwarf_Die *DwarfUnits::function_at(Unit &unit, uint64_t address) {
  if (!unit.is_indexed) {
    collect_functions(&unit.content, unit.functions, 0);
    std::sort(unit.functions.begin(), unit.functions.end(),
              [](const Unit::Range &left, const Unit::Range &right) { return left.start < right.start; });
    unit.is_indexed = true;
  }
  auto next = std::upper_bound(unit.functions.begin(), unit.functions.end(), address,
                               [](uint64_t wanted, const Unit::Range &range) { return wanted < range.start; });
  for (int step = 0; next != unit.functions.begin() && step < kMaximumDepth; ++step) {
    if (address < (--next)->end) return &next->function;
  }
  return nullptr;
}

}  // namespace lockwrap::cli
