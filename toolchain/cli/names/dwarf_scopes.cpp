#include "names/dwarf_scopes.h"

#include <dwarf.h>

#include <cstdlib>
#include <memory>

namespace lockwrap::cli {
namespace {

constexpr int kMaximumDepth = 64;  // of nested scopes; what is deeper is asked from libdw

// What a DIE adds to the scope of those in it; "" for a lexical block and the like.
std::string part_of_scope(Dwarf_Die *die) {
  const char *name = dwarf_diename(die);
  switch (dwarf_tag(die)) {
    case DW_TAG_namespace:
      return std::string(name == nullptr ? "(anonymous namespace)" : name) + "::";
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
      return std::string(name == nullptr ? "{lambda}" : name) + "::";
    case DW_TAG_subprogram:
      return std::string(name == nullptr ? "{lambda}" : name) + "()::";
    default:
      return "";
  }
}

Dwarf_Die declaration_of(Dwarf_Die function) {
  Dwarf_Attribute attribute;
  Dwarf_Die origin;
  for (const unsigned reference : {DW_AT_abstract_origin, DW_AT_specification}) {
    while (dwarf_attr(&function, reference, &attribute) != nullptr && dwarf_formref_die(&attribute, &origin) != nullptr) {
      function = origin;
    }
  }
  return function;
}

// For what the walk has not met.
std::string scope_by_search(Dwarf_Die *function) {
  Dwarf_Die *list = nullptr;
  const int count = dwarf_getscopes_die(function, &list);
  const std::unique_ptr<Dwarf_Die, void (*)(void *)> guard(list, free);
  std::string scope;
  for (int index = 1; index < count; ++index) scope = part_of_scope(&list[index]) + scope;
  return scope;
}

}  // namespace

const std::string &DwarfScopes::scope_of(Dwarf_Die function) {
  function = declaration_of(function);
  Dwarf_Die unit;
  if (dwarf_diecu(&function, &unit, nullptr, nullptr) != nullptr && units_.insert(unit.addr).second) index_children(&unit, number_of(""), 0);
  auto known = of_function_.find(function.addr);
  if (known == of_function_.end()) known = of_function_.emplace(function.addr, number_of(scope_by_search(&function))).first;
  return *scopes_[known->second];
}

void DwarfScopes::index_children(Dwarf_Die *parent, uint32_t scope, int depth) {
  Dwarf_Die child;
  if (depth > kMaximumDepth || dwarf_child(parent, &child) != 0) return;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_subprogram:
        of_function_.emplace(child.addr, scope);
        [[fallthrough]];  // a local class has its member functions inside the function
      case DW_TAG_lexical_block:
      case DW_TAG_namespace:
      case DW_TAG_module:
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
      case DW_TAG_union_type:
        if (dwarf_haschildren(&child) == 1) index_children(&child, number_of(*scopes_[scope] + part_of_scope(&child)), depth + 1);
        break;
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

uint32_t DwarfScopes::number_of(const std::string &scope) {
  const auto [entry, is_new] = numbers_.try_emplace(scope, static_cast<uint32_t>(scopes_.size()));
  if (is_new) scopes_.push_back(&entry->first);
  return entry->second;
}

}  // namespace lockwrap::cli
