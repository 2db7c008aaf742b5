// Facts about the running executable, read from its own program headers in memory: no file, no dynamic linker.
// Runs: once at start, and when a report is written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::base {

class Text;

struct Program {
  uintptr_t bias = 0;              // run-time address minus the address in the file's headers
  uintptr_t code_start = 0;        // first executable segment, run-time addresses
  uintptr_t code_end = 0;
  uint64_t code_file_offset = 0;
  uintptr_t image_start = 0;       // all loaded segments
  uintptr_t image_end = 0;
  const uint8_t* eh_frame_header = nullptr;  // .eh_frame_hdr, null: the link made none
  size_t eh_frame_header_bytes = 0;
  const uint8_t* build_id = nullptr;  // null: none
  size_t build_id_bytes = 0;
  uintptr_t dynamic_section = 0;   // of an executable that the dynamic linker may have links for; 0: none
  bool dynamic = false;            // has an interpreter: shared libraries are mapped too
  uintptr_t main_stack_end = 0;    // above every frame of the main thread; 0: unknown
};

// Filled in by describe_program; constant afterwards.
extern constinit Program program;

// Reads the program headers. False when the kernel gave none: addresses are then reported as they are.
bool describe_program();

// Path of the executable into `buffer`, always terminated; from /proc/self/exe, else as it was started, else "".
// Signal-safe.
void program_path(char* buffer, size_t size);

// Adds the names of the shared libraries, a blank before each, without those of libc and the compiler; " no shared library" if there are
// none. Reads the dynamic linker's list: only at start, before anybody calls dlopen.
void add_shared_libraries(Text& text);

// The last component of a path.
const char* base_name(const char* path);

}  // namespace lockwrap::base
