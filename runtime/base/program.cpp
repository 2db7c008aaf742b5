#include "runtime/base/program.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "runtime/base/text.h"

namespace lockwrap::base {

constinit Program program;

namespace {

constexpr size_t kMostText = 1600;  // no name of a library after that, but dots

// No lock of theirs is one of the program's.
bool is_part_of_libc(const char* library) {
  static constexpr char kBeginnings[] = "libc.\0ld-\0linux-\0libm.\0libgcc_s.\0";
  for (const char* beginning = kBeginnings; *beginning;) {
    if (begins_with(library, beginning)) return true;
    beginning += strlen(beginning) + 1;
  }
  return false;
}

constexpr size_t kBuildIdNote = 3;  // NT_GNU_BUILD_ID

void read_notes(const uint8_t* notes, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    memcpy(&note, notes, sizeof note);
    const size_t name_bytes = (note.n_namesz + 3u) & ~size_t{3};
    const size_t content_bytes = (note.n_descsz + 3u) & ~size_t{3};
    const size_t bytes = sizeof note + name_bytes + content_bytes;
    if (bytes > size) return;
    if (note.n_type == kBuildIdNote && note.n_namesz == 4 && memcmp(notes + sizeof note, "GNU", 4) == 0) {
      program.build_id = notes + sizeof note + name_bytes;
      program.build_id_bytes = note.n_descsz;
    }
    notes += bytes;
    size -= bytes;
  }
}

}  // namespace

bool describe_program() {
  const auto* headers = reinterpret_cast<const ElfW(Phdr)*>(getauxval(AT_PHDR));
  const size_t count = getauxval(AT_PHNUM);
  // The strings that the kernel put above main's first frame.
  program.main_stack_end = getauxval(AT_EXECFN);
  if (!headers || !count) return false;

  // The headers themselves lie in the segment that maps the start of the file.
  bool have_bias = false;
  for (size_t i = 0; i < count && !have_bias; ++i) {
    uintptr_t page = ~uintptr_t{0};
    if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0) page <<= 12;
    else if (headers[i].p_type != PT_PHDR) continue;  // stands before all segments, if at all
    program.bias = (reinterpret_cast<uintptr_t>(headers) & page) - (headers[i].p_vaddr & page);
    have_bias = true;
  }
  if (!have_bias) return false;

  program.image_start = UINTPTR_MAX;
  for (size_t i = 0; i < count; ++i) {
    const ElfW(Phdr)& header = headers[i];
    const uintptr_t start = program.bias + header.p_vaddr;
    const uintptr_t end = start + header.p_memsz;
    const auto* content = reinterpret_cast<const uint8_t*>(start);
    switch (header.p_type) {
      case PT_LOAD:
        if (start < program.image_start) program.image_start = start;
        if (end > program.image_end) program.image_end = end;
        if ((header.p_flags & PF_X) && !program.code_end) {
          program.code_start = start;
          program.code_end = end;
          program.code_file_offset = header.p_offset;
        }
        break;
      case PT_GNU_EH_FRAME:
        program.eh_frame_header = content;
        program.eh_frame_header_bytes = header.p_memsz;
        break;
      case PT_NOTE:
        read_notes(content, header.p_memsz);
        break;
      case PT_DYNAMIC:
        program.dynamic_section = start;
        break;
      case PT_INTERP:
        program.dynamic = true;
        break;
      default:
        break;
    }
  }
  return true;
}

void add_shared_libraries(Text& text) {
  const link_map* library = nullptr;
  for (auto* entry = reinterpret_cast<const ElfW(Dyn)*>(program.dynamic_section); entry && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_DEBUG && entry->d_un.d_ptr) library = reinterpret_cast<const r_debug*>(entry->d_un.d_ptr)->r_map;
  }
  const size_t nothing = text.length();
  while (library && text.length() < kMostText) {
    library = library->l_next;  // the first one is the program
    const char* name = library ? base_name(library->l_name) : "libc.";
    if (!is_part_of_libc(name)) text.add(" ").add(name);
  }
  if (text.length() == nothing) text.add(" no shared library");
  if (library) text.add(" ...");
}

void program_path(char* buffer, size_t size) {
  ssize_t length = readlink("/proc/self/exe", buffer, size - 1);
  if (length < 0) length = 0;
  buffer[length] = 0;
  if (length) return;
  if (const auto* started_as = reinterpret_cast<const char*>(getauxval(AT_EXECFN))) {
    Text(buffer, size).add(started_as);
  }
}

const char* base_name(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

}  // namespace lockwrap::base
