// By what strip leaves: program headers, names of shared libraries, and the texts that allocators and libcs hold for their own messages.
#include "check/program_facts.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "check/unseen_locks.h"

namespace lockwrap::cli {
namespace {

constexpr uint64_t kMostFunctionsSampled = 4000;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

std::string architecture_name(const ProgramFile &file) {
  const bool is_big_endian = file.header().e_ident[EI_DATA] == ELFDATA2MSB;
  switch (file.header().e_machine) {
    case EM_X86_64: return file.is_64_bit() ? "x86-64" : "x86-64 (x32)";
    case EM_386: return "32-bit x86";
    case EM_AARCH64: return is_big_endian ? "aarch64 (big-endian)" : "aarch64";
    case EM_ARM: return is_big_endian ? "32-bit ARM (big-endian)" : "32-bit ARM";
    case EM_RISCV: return file.is_64_bit() ? "riscv64" : "riscv32";
    case EM_PPC64: return is_big_endian ? "ppc64" : "ppc64le";
    case EM_PPC: return "ppc";
    case EM_S390: return "s390x";
    case EM_MIPS: return is_big_endian ? "mips" : "mipsel";
    default: return "machine " + std::to_string(file.header().e_machine);
  }
}

std::string link_kind(const DynamicLinks &links) {
  if (links.is_shared_library()) return "shared library";
  if (!links.is_dynamic()) return links.is_position_independent() ? "static-pie" : "static";
  return links.is_position_independent() ? "dynamic (PIE)" : "dynamic (no PIE)";
}

bool holds(const ProgramFile &file, std::string_view text) {
  return std::any_of(file.segments().begin(), file.segments().end(),
                     [text](const Segment &segment) { return segment.content.find(text) != std::string::npos; });
}

// "libc.so.6" of "/lib/libc.so.6" begins with "libc.so".
bool is_library(std::string_view library, std::string_view name) {
  const size_t folder = library.rfind('/');
  if (folder != std::string_view::npos) library.remove_prefix(folder + 1);
  return library.starts_with(name) && (library.size() == name.size() || library[name.size()] == '.' || library[name.size()] == '-');
}

// Parts of libc, and of the compiler: no lock of theirs is one of the program's.
bool is_libc_part(std::string_view library) {
  for (const char *name : {"libc.so", "libc.musl", "ld", "ld64", "libm.so", "libpthread.so", "libdl.so", "librt.so", "libresolv.so", "libgcc_s.so",
                           "libatomic.so", "linux-vdso.so"}) {
    if (is_library(library, name)) return true;
  }
  return false;
}

// jemalloc's version has the form 5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c.
std::string jemalloc_version(const ProgramFile &file) {
  constexpr size_t kHashDigits = 40;
  for (const Segment &segment : file.segments()) {
    const std::string_view content = segment.content;
    for (size_t at = content.find("-g"); at != std::string_view::npos; at = content.find("-g", at + 1)) {
      const std::string_view hash = content.substr(at + 2, kHashDigits);
      if (hash.size() < kHashDigits || !std::all_of(hash.begin(), hash.end(), [](unsigned char digit) { return std::isxdigit(digit) != 0; })) continue;
      size_t begin = at;
      while (begin > 0 && at - begin < 32 && (is_digit(content[begin - 1]) || content[begin - 1] == '.' || content[begin - 1] == '-')) --begin;
      const std::string_view version = content.substr(begin, at - begin);
      const size_t end = version.find('-');
      if (end != std::string_view::npos && end >= 5) return std::string(version.substr(0, end));
    }
  }
  return {};
}

// glibc has its version, "2.36", as a text of its own. Nothing when several texts look so.
std::string static_glibc_version(const ProgramFile &file) {
  std::set<std::string> versions;
  for (const Segment &segment : file.segments()) {
    const std::string_view content = segment.content;
    constexpr std::string_view kStart("\0" "2.", 3);
    for (size_t at = content.find(kStart); at != std::string_view::npos; at = content.find(kStart, at + 1)) {
      const std::string_view text = content.substr(at + 1, 5);
      if (text.size() == 5 && is_digit(text[2]) && is_digit(text[3]) && text[4] == '\0') versions.insert(std::string(text.substr(0, 4)));
    }
  }
  return versions.size() == 1 ? *versions.begin() : std::string();
}

bool has_function(const ProgramFunctions &functions, std::string_view name) {
  return std::any_of(functions.functions().begin(), functions.functions().end(), [name](const FunctionSymbol &symbol) { return symbol.name == name; });
}

void find_libc(const ProgramFile &file, const DynamicLinks &links, const ProgramFunctions &functions, const std::string &libc_of_archive,
               ProgramFacts &facts) {
  const auto needs = [&links](const char *name) {
    return std::any_of(links.libraries().begin(), links.libraries().end(), [name](const std::string &library) { return is_library(library, name); });
  };
  if (links.is_dynamic() || links.is_shared_library()) {
    if (links.interpreter().find("ld-musl") != std::string::npos || needs("libc.musl")) {
      facts.libc = "musl";
    } else if (needs("libc.so.6") || !links.needed_glibc().empty()) {
      facts.libc = "glibc";
      facts.libc_version = links.needed_glibc();
      facts.is_lowest_version = !facts.libc_version.empty();
    }
    return;
  }
  const size_t space = libc_of_archive.find(' ');
  if (holds(file, "Fatal glibc error") || holds(file, "GLIBC_TUNABLES")) {
    facts.libc = "glibc";
    facts.libc_version = static_glibc_version(file);
    if (facts.libc_version.empty() && space != std::string::npos) facts.libc_version = libc_of_archive.substr(space + 1);
  } else if (holds(file, std::string_view("No error information\0Illegal byte sequence", 42)) ||
             has_function(functions, "__init_libc")) {
    facts.libc = "musl";
  } else {
    facts.libc = libc_of_archive.substr(0, space);
    if (facts.libc == "glibc" && space != std::string::npos) facts.libc_version = libc_of_archive.substr(space + 1);
  }
}

// Whose `malloc` the program has, by the names at the address of it; nothing when they do not tell. tcmalloc and jemalloc may call theirs
// __libc_malloc, too; then glibc's own, with its inner function, is not linked in.
enum class MallocOwner { kUnknown, kLibc, kProgram };
MallocOwner malloc_owner(const ProgramFunctions &functions) {
  uint64_t address = 0;
  bool has_glibc = false;
  for (const FunctionSymbol &symbol : functions.functions()) {
    if (symbol.name == "malloc") address = symbol.start;
    if (symbol.name == "_int_malloc") has_glibc = true;
  }
  if (address == 0) return MallocOwner::kUnknown;
  for (const FunctionSymbol &symbol : functions.functions()) {
    const bool is_libc = (symbol.name == "__libc_malloc" && has_glibc) || symbol.name == "__libc_malloc_impl" || symbol.name == "default_malloc";
    if (symbol.start == address && is_libc) return MallocOwner::kLibc;
  }
  return MallocOwner::kProgram;
}

void find_malloc(const ProgramFile &file, const DynamicLinks &links, const ProgramFunctions &functions, ProgramFacts &facts) {
  struct Allocator {
    const char *name;
    const char *text;     // that its code holds
    const char *library;
  };
  constexpr Allocator kAllocators[] = {{"jemalloc", "<jemalloc>: ", "libjemalloc"},
                                       {"mimalloc", "mimalloc: ", "libmimalloc"},
                                       {"tcmalloc", "TCMALLOC_", "libtcmalloc"}};
  // gcc's, and clang's with -shared-libsan; linked statically, clang's is the program's own. libubsan has none.
  constexpr std::pair<const char *, const char *> kSanitizers[] = {
      {"AddressSanitizer", "libasan.so"},         {"ThreadSanitizer", "libtsan.so"},         {"LeakSanitizer", "liblsan.so"},
      {"HWAddressSanitizer", "libhwasan.so"},     {"AddressSanitizer", "libclang_rt.asan"},  {"ThreadSanitizer", "libclang_rt.tsan"},
      {"HWAddressSanitizer", "libclang_rt.hwasan"}};
  const MallocOwner owner = malloc_owner(functions);
  for (const Allocator &allocator : kAllocators) {
    if (!holds(file, allocator.text)) continue;
    if (owner == MallocOwner::kLibc) {
      facts.unused_malloc = allocator.name;
      continue;
    }
    facts.malloc = allocator.name;
    if (facts.malloc == "jemalloc") facts.malloc_version = jemalloc_version(file);
    return;
  }
  for (const std::string &library : links.libraries()) {
    for (const Allocator &allocator : kAllocators) {
      if (library.starts_with(allocator.library)) {
        facts.malloc = std::string(allocator.name) + " (" + library + ")";
        return;
      }
    }
    for (const auto &[name, prefix] : kSanitizers) {
      if (is_library(library, prefix)) {
        facts.malloc = std::string(name) + " (" + library + ")";
        return;
      }
    }
  }
  // musl's own carries no second name in some versions, and an allocator of the program's would not be called by libc's name.
  const bool is_own = owner == MallocOwner::kProgram && facts.libc != "musl";
  facts.malloc = is_own ? "the program's own" : facts.libc;
}

}  // namespace

ProgramFacts read_program_facts(const ProgramFile &file, const DynamicLinks &links, const ProgramFunctions &functions, MachineCode &code,
                                const std::string &libc_of_archive) {
  ProgramFacts facts;
  facts.architecture = architecture_name(file);
  facts.link_kind = link_kind(links);
  find_libc(file, links, functions, libc_of_archive, facts);
  find_malloc(file, links, functions, facts);
  for (const std::string &library : links.libraries()) {
    if (!is_libc_part(library)) facts.outside.push_back(library);
  }
  const auto imports = [&links](std::string_view name, std::string_view other_name) {
    return std::any_of(links.imports().begin(), links.imports().end(),
                       [=](const FunctionImport &import) { return import.name == name || import.name == other_name; });
  };
  facts.may_load_more = imports("dlopen", "dlmopen");
  facts.may_look_up = imports("dlsym", "dlvsym");
  facts.unseen_locks = find_unseen_locks(functions, links);
  facts.is_stripped = !functions.has_names();
  facts.build_id = file.build_id();
  facts.walks_by_unwind_tables = file.is_64_bit() || file.header().e_machine == EM_386;
  facts.has_unwind_index = functions.has_unwind_index();
  facts.has_unwind_tables = facts.has_unwind_index || file.section(".eh_frame") != nullptr;
  if (code.problem().empty() && code.knows_frame_pointers()) {
    const std::vector<uint64_t> starts = functions.starts();
    const size_t step = starts.size() / kMostFunctionsSampled + 1;
    for (size_t index = 0; index < starts.size(); index += step) {
      ++facts.functions_sampled;
      facts.functions_with_frame_pointer += code.sets_frame_pointer(starts[index]);
    }
  }
  return facts;
}

}  // namespace lockwrap::cli
