// `lockwrap check`, from the path to the answer: what the command, its tests and its fuzzer run.
#pragma once

#include <string>
#include <vector>

#include "check/check_report.h"

namespace lockwrap::cli {

struct CheckRequest {
  std::string path;
  std::string symbols_path;                    // the unstripped program or its debug file; "": looked for by build-id
  std::vector<std::string> debug_directories;  // besides /usr/lib/debug
};

// CommandError: the file is no program that can be read.
CheckReport check_program(const CheckRequest &request);

}  // namespace lockwrap::cli
