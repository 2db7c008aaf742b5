// Function names: mangled, as the demangler gives them, and short as a table shows them.
#pragma once

#include <string>

namespace lockwrap::cli {

// What is not a C++ (Itanium) symbol comes back unchanged.
std::string demangle(const std::string &symbol);

// Without return type, parameters, clone suffix and ABI tag: "void Cache<int>::put(int) [clone .cold]" is "Cache<int>::put()".
// A C function ("compress") has no parentheses and gets none.
std::string short_function_name(const std::string &name);

// The same, with template arguments folded to "<...>" and cut at `columns` characters when it is longer than that.
std::string fitted_function_name(const std::string &name, size_t columns);

}  // namespace lockwrap::cli
