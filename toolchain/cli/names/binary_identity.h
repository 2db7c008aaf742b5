// Tells a program's file, with its debug file, from every other: what a cache of its names is good for.
#pragma once

#include <string>
#include <vector>

#include "names/elf_binary.h"

namespace lockwrap::cli {

// Sizes and times of the program and of its separate debug file. Two builds with the same given build-id, and a program before and after `strip`,
// differ. "" for a program whose names are not to be kept: without build-id; without debug information, since the next one may have it;
// with a part of it in a file of which this does not know (dwz).
//
// Costs two searches for the debug file and no reading of it.
std::string identity_of(const ElfBinary &elf);

}  // namespace lockwrap::cli
