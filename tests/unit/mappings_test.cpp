// Mappings: the executable as the kernel mapped it, and in a dynamic program its libraries.
#include "runtime/report/mappings.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/base/program.h"

using namespace lockwrap::report;

namespace {

Mapping mappings[kMaxMappings];

// The line of /proc/self/maps that covers the address.
struct KernelLine {
  uintptr_t start = 0;
  uintptr_t end = 0;
  uint64_t offset = 0;
  std::string path;
};

KernelLine kernel_line(uintptr_t address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    KernelLine found;
    unsigned long start, end, offset;
    if (sscanf(line.c_str(), "%lx-%lx %*s %lx", &start, &end, &offset) != 3 || address < start || address >= end) continue;
    const size_t path = line.find('/');
    return {start, end, offset, path == std::string::npos ? "" : line.substr(path)};
  }
  return {};
}

uintptr_t own_code() { return reinterpret_cast<uintptr_t>(&collect_mappings); }

}  // namespace

TEST_CASE("mappings: the executable comes first, as it was mapped") {
  const size_t count = collect_mappings(mappings);
  REQUIRE(count >= 1);
  const KernelLine line = kernel_line(own_code());
  CHECK(mappings[0].start <= own_code());
  CHECK(mappings[0].end > own_code());
  CHECK(mappings[0].path == line.path);
  CHECK(mappings[0].path == std::filesystem::read_symlink("/proc/self/exe").string());
  // The same place of the file lies at the same address.
  CHECK(mappings[0].start - mappings[0].file_offset == line.start - line.offset);
}

TEST_CASE("mappings: the libraries of a dynamic program follow, none twice") {
  const size_t count = collect_mappings(mappings);
  if (!lockwrap::base::program.dynamic) {
    CHECK(count == 1);
    return;
  }
  const auto in_libc = reinterpret_cast<uintptr_t>(&qsort);
  const KernelLine line = kernel_line(in_libc);
  bool found = false;
  for (size_t i = 1; i < count; ++i) {
    CHECK((mappings[i].end <= mappings[0].start || mappings[i].start >= mappings[0].end));
    if (mappings[i].start > in_libc || mappings[i].end <= in_libc) continue;
    CHECK_FALSE(found);
    found = true;
    CHECK(mappings[i].start == line.start);
    CHECK(mappings[i].end == line.end);
    CHECK(mappings[i].file_offset == line.offset);
    CHECK(mappings[i].path == line.path);
  }
  CHECK(found);
}

TEST_CASE("mappings: the program's facts agree with the kernel") {
  const auto& program = lockwrap::base::program;
  CHECK(program.code_start <= own_code());
  CHECK(program.code_end > own_code());
  CHECK(program.image_start <= program.code_start);
  CHECK(program.image_end >= program.code_end);
  CHECK(program.eh_frame_header != nullptr);
  int local;
  CHECK(program.main_stack_end > reinterpret_cast<uintptr_t>(&local));
}
