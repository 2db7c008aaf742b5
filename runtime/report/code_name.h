// Code and variables by the names that the executable's symbol table has for them.
// Runs: when a text report or a finding is written.
#pragma once

#include "runtime/base/text.h"
#include "runtime/report/elf_symbols.h"

namespace lockwrap::report {

// The function of a call, or its address; "several places" for none.
void add_code_name(base::Text& text, const ElfSymbols& symbols, uintptr_t return_address);

// The variable at, or around, an address: "table", "table+0x18". False: there is none.
bool add_variable_name(base::Text& text, const ElfSymbols& symbols, uintptr_t address);

// Whether the function that initialised a lock says what it is for: not one that initialises everybody's (jemalloc's
// malloc_mutex_init).
bool tells_creator(const ElfSymbols& symbols, uintptr_t created);

}  // namespace lockwrap::report
