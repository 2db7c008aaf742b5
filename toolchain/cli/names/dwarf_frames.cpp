// The line table gives the place of the innermost frame; each DW_TAG_inlined_subroutine around the address says from
// which file and line it was called, which is the place of the next outer frame.
#include "names/dwarf_frames.h"

#include <dwarf.h>

#include <algorithm>

#include "names/function_name.h"

namespace lockwrap::cli {
namespace {

constexpr int kMaximumDepth = 256;  // of scopes nested in one function; deeper inlining is shown as its outer part

std::string absolute(Dwarf_Die *unit, const char *path) {
  if (path == nullptr) return "";
  if (*path == '/') return path;
  Dwarf_Attribute attribute;
  const char *directory = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
  return directory == nullptr ? path : std::string(directory) + "/" + path;
}

struct Place {
  std::string file;
  int64_t line = 0;
};

Place place_of_address(Dwarf_Die *unit, uint64_t address) {
  Dwarf_Line *entry = dwarf_getsrc_die(unit, address);
  if (entry == nullptr) return {};
  int line = 0;
  dwarf_lineno(entry, &line);
  return {absolute(unit, dwarf_linesrc(entry, nullptr, nullptr)), line};
}

int64_t number_attribute(Dwarf_Die *die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr_integrate(die, name, &attribute), &value) != 0) return 0;
  return static_cast<int64_t>(value);
}

Place place_of_call(Dwarf_Die *unit, Dwarf_Die *inlined) {
  Place place;
  place.line = number_attribute(inlined, DW_AT_call_line);
  Dwarf_Files *files = nullptr;
  size_t count = 0;
  const auto index = static_cast<size_t>(number_attribute(inlined, DW_AT_call_file));
  if (dwarf_getsrcfiles(unit, &files, &count) == 0 && index < count) {
    place.file = absolute(unit, dwarf_filesrc(files, index, nullptr, nullptr));
  }
  return place;
}

bool is_cplusplus(Dwarf_Die *unit) {
  switch (dwarf_srclang(unit)) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
      return true;
    default:
      return false;
  }
}

bool is_external(Dwarf_Die *function) {
  Dwarf_Attribute attribute;
  bool value = false;
  return dwarf_formflag(dwarf_attr_integrate(function, DW_AT_external, &attribute), &value) == 0 && value;
}

Frame frame_of(Dwarf_Die *unit, Dwarf_Die *function, const std::string &symbol, DwarfScopes &scopes) {
  Frame frame;
  Dwarf_Attribute attribute;
  const char *linkage = dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
  if (linkage == nullptr) {
    linkage = dwarf_formstring(dwarf_attr_integrate(function, DW_AT_MIPS_linkage_name, &attribute));
  }
  const char *name = dwarf_diename(function);
  if (linkage != nullptr) {
    frame.system_name = linkage;
    frame.function = demangle(frame.system_name);
  } else if (symbol.rfind("_Z", 0) == 0 || name == nullptr) {
    frame.system_name = symbol;
    frame.function = demangle(symbol);
  } else {
    frame.system_name = name;
    // A C++ function has parentheses like its demangled namesakes; an external one without a linkage name is extern "C".
    const std::string scope = is_cplusplus(unit) ? scopes.scope_of(*function) : "";
    const bool is_plain = scope.empty() && (!is_cplusplus(unit) || is_external(function));
    frame.function = is_plain ? name : scope + name + "()";
  }
  frame.start_line = number_attribute(function, DW_AT_decl_line);
  return frame;
}

// The inlined functions below `parent` that cover the address, outermost first.
void collect_inlined(Dwarf_Die *parent, uint64_t address, std::vector<Dwarf_Die> &inlined, int depth) {
  Dwarf_Die child;
  if (depth > kMaximumDepth || dwarf_child(parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    const bool is_scope = tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block ||
                          tag == DW_TAG_try_block || tag == DW_TAG_catch_block;
    if (!is_scope || dwarf_haspc(&child, address) <= 0) continue;
    if (tag == DW_TAG_inlined_subroutine) inlined.push_back(child);
    collect_inlined(&child, address, inlined, depth + 1);
    return;
  } while (dwarf_siblingof(&child, &child) == 0);
}

}  // namespace

DwarfFrames::DwarfFrames(const ElfBinary &binary) : dwarf_(dwfl_module_getdwarf(binary.module(), &bias_)), units_(dwarf_) {}

Frames DwarfFrames::frames_at(uint64_t address, const std::string &symbol) {
  const uint64_t dwarf_address = address - bias_;
  DwarfUnits::Unit *unit = units_.unit_at(dwarf_address);
  if (unit == nullptr) return {};
  Place place = place_of_address(&unit->lines, dwarf_address);
  std::vector<Dwarf_Die> chain;  // outermost first
  if (Dwarf_Die *function = DwarfUnits::function_at(*unit, dwarf_address)) {
    chain.push_back(*function);
    collect_inlined(function, dwarf_address, chain, 0);
  }
  Frames frames;
  for (size_t index = chain.size(); index-- > 0;) {
    Frame frame = frame_of(&unit->content, &chain[index], index == 0 ? symbol : "", scopes_);
    frame.file = place.file;
    frame.line = place.line;
    frames.push_back(std::move(frame));
    if (index > 0) place = place_of_call(&unit->lines, &chain[index]);
  }
  return frames;
}

}  // namespace lockwrap::cli
