// Findings for programs. Keys are only ever added; a change of meaning raises "version". finding_json.md says what they mean.
#pragma once

#include <string>
#include <vector>

#include "pictures/finding_reader.h"

namespace lockwrap::cli {

constexpr int kFindingJsonVersion = 1;

std::string findings_as_json(const std::vector<Finding> &findings);

}  // namespace lockwrap::cli
