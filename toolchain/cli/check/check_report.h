// The answer of `lockwrap check` as text and as JSON (check_json.md).
#pragma once

#include <string>
#include <vector>

#include "check/program_facts.h"
#include "check/wrap_check.h"

namespace lockwrap::cli {

struct CheckReport {
  std::string path;
  WrapCheck wrap;
  ProgramFacts facts;
};

struct FamilyTotal {
  std::string name;
  uint64_t functions = 0;
  uint64_t wrapped = 0;  // of these: no call goes past, and the real one is there
  uint64_t calls = 0;    // to the wrappers
};
std::vector<FamilyTotal> family_totals(const WrapCheck &wrap);

// The first line is the verdict.
std::string check_as_text(const CheckReport &report);
std::string check_as_json(const CheckReport &report);

}  // namespace lockwrap::cli
