// The namespaces and classes around a function of the debug information, as text.
//
// libdw finds what is around a DIE by a walk of the whole unit from its top, each time; a unit of a large program has a hundred thousand DIEs and
// as many functions without a linkage name. So each unit is walked once and what stands around its functions is kept.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lockwrap::cli {

class DwarfScopes {
 public:
  // "ns::Class::", "ns::(anonymous namespace)::outer()::"; "" for a function that stands by itself. Of an inlined or concrete instance what is
  // around its declaration.
  const std::string &scope_of(Dwarf_Die function);

 private:
  void index_children(Dwarf_Die *parent, uint32_t scope, int depth);
  uint32_t number_of(const std::string &scope);

  std::unordered_set<const void *> units_;                // that were walked, by where their root DIE is in memory
  std::unordered_map<const void *, uint32_t> of_function_;  // by where its DIE is
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<const std::string *> scopes_;  // by number; they are the keys of numbers_
};

}  // namespace lockwrap::cli
