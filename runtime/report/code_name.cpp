#include "runtime/report/code_name.h"

#include "runtime/report/symbol_name.h"

namespace lockwrap::report {

void add_code_name(base::Text& text, const ElfSymbols& symbols, uintptr_t return_address) {
  if (!return_address) {
    text.add("several places");
    return;
  }
  const SymbolName name = symbols.find(return_address - 1);
  if (name.text) add_symbol_name(text, name.text);
  else text.add_hex(return_address - 1);
}

bool add_variable_name(base::Text& text, const ElfSymbols& symbols, uintptr_t address) {
  const SymbolName variable = symbols.find(address);
  if (!variable.text) return false;
  add_symbol_name(text, variable.text);
  if (variable.offset) text.add("+").add_hex(variable.offset);
  return true;
}

bool tells_creator(const ElfSymbols& symbols, uintptr_t created) {
  if (!created) return false;
  const SymbolName creator = symbols.find(created - 1);
  return !creator.text || !is_lock_plumbing(creator.text);
}

}  // namespace lockwrap::report
