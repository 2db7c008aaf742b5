// ElfSymbols: the running test program's own symbols, by address.
#include "runtime/report/elf_symbols.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <memory>
#include <string>

using lockwrap::report::ElfSymbols;
using lockwrap::report::SymbolName;

// Named plainly, so that the test can say what it expects.
extern "C" {
char lockwrap_test_variable[100];
__attribute__((noinline)) int lockwrap_test_function(int x) { return x * 3 + lockwrap_test_variable[x]; }
}

namespace {

std::string text(const SymbolName& name) { return name.text ? name.text : ""; }

}  // namespace

TEST_CASE("elf symbols: a function and a variable by their addresses") {
  const ElfSymbols symbols;
  const auto function = reinterpret_cast<uintptr_t>(&lockwrap_test_function);
  CHECK(text(symbols.find(function)) == "lockwrap_test_function");
  CHECK(symbols.find(function).offset == 0);
  CHECK(text(symbols.find(function + 1)) == "lockwrap_test_function");
  CHECK(symbols.find(function + 1).offset == 1);
  const auto variable = reinterpret_cast<uintptr_t>(&lockwrap_test_variable);
  CHECK(text(symbols.find(variable)) == "lockwrap_test_variable");
  CHECK(text(symbols.find(variable + 99)) == "lockwrap_test_variable");
  CHECK(symbols.find(variable + 99).offset == 99);
}

TEST_CASE("elf symbols: never the nearest one") {
  const ElfSymbols symbols;
  const auto variable = reinterpret_cast<uintptr_t>(&lockwrap_test_variable);
  CHECK(text(symbols.find(variable + 100)) != "lockwrap_test_variable");
  CHECK(text(symbols.find(variable - 1)) != "lockwrap_test_variable");
  int on_the_stack;
  const auto on_the_heap = std::make_unique<int>();
  CHECK(symbols.find(reinterpret_cast<uintptr_t>(&on_the_stack)).text == nullptr);
  CHECK(symbols.find(reinterpret_cast<uintptr_t>(on_the_heap.get())).text == nullptr);
  CHECK(symbols.find(0).text == nullptr);
  CHECK(symbols.find(UINTPTR_MAX).text == nullptr);
}

TEST_CASE("elf symbols: no descriptor stays open") {
  const int before = dup(0);
  close(before);
  for (int i = 0; i < 100; ++i) {
    const ElfSymbols symbols;
  }
  const int after = dup(0);
  close(after);
  CHECK(after == before);
}
