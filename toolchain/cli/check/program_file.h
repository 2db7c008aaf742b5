// An ELF program or its debug file, read without trust: `lockwrap check` is asked about any file, and never crashes on one.
//
// libelf reads the headers and turns what is in another byte order; each range of bytes is compared with the file's size before it is
// read. What is loaded at run time is in memory, the rest (debug information) stays in the file. All addresses are the file's own.
#pragma once

#include <gelf.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lockwrap::cli {

struct Section {
  std::string name;
  GElf_Shdr header;
};

struct Segment {
  uint64_t address = 0;
  bool is_code = false;
  std::string content;  // as far as it is in the file: without .bss
};

struct ElfNote {
  uint64_t type = 0;
  std::string owner;
  std::string description;
  uint64_t address = 0;  // of the description
};

class ProgramFile {
 public:
  // CommandError: the file cannot be read, is no ELF file of a program or a shared library, or is truncated or damaged.
  static ProgramFile open_program(const std::string &path);
  // The same for a file that only has names: a debug file, whose segments are empty.
  static ProgramFile open_names(const std::string &path);

  const std::string &path() const { return path_; }
  const GElf_Ehdr &header() const { return header_; }
  bool is_64_bit() const { return header_.e_ident[EI_CLASS] == ELFCLASS64; }
  size_t word_bytes() const { return is_64_bit() ? 8 : 4; }
  const std::vector<GElf_Phdr> &program_headers() const { return program_headers_; }
  const GElf_Phdr *program_header(uint32_t type) const;
  const std::vector<Section> &sections() const { return sections_; }
  const Section *section(std::string_view name) const;
  // In the order of addresses, without overlaps.
  const std::vector<Segment> &segments() const { return segments_; }

  // What the file has from `address` to the end of its segment; empty when it is not loaded, or not from the file.
  std::string_view loaded_at(uint64_t address) const;
  bool is_code(uint64_t address) const;
  // In the program's byte order.
  uint64_t integer(std::string_view bytes, size_t size) const;
  // A pointer, as it is in the file.
  std::optional<uint64_t> word_at(uint64_t address) const;
  // A text that ends with a null byte, without it; "" when there is none, or it is longer than any name.
  std::string_view text_at(uint64_t address) const;

  // Bytes of the file; empty when it does not have all of them.
  std::string bytes(uint64_t offset, uint64_t size) const;
  // A part of the file as libelf's entries, for the gelf_get functions; null when the file does not have all of it.
  Elf_Data *entries(uint64_t offset, uint64_t size, Elf_Type type) const;
  // Where the file has the byte of this address.
  std::optional<uint64_t> offset_of(uint64_t address) const;

  // Those of the program headers, then those of the sections, as many as are whole.
  const std::vector<ElfNote> &notes() const { return notes_; }
  // In lower-case hex; "" when the program was linked without one.
  std::string build_id() const;

 private:
  struct Closer {
    void operator()(Elf *elf) const { elf_end(elf); }
  };
  struct Descriptor {
    explicit Descriptor(int number) : number(number) {}
    ~Descriptor();
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int number;
  };

  ProgramFile(const std::string &path, const char *purpose);
  void read_sections();
  void read_notes();
  void read_notes_in(uint64_t offset, uint64_t size, uint64_t alignment, uint64_t address);
  void load_segments();
  const Segment *segment_at(uint64_t address) const;
  CommandError damaged(const std::string &how) const;

  std::string path_;
  std::shared_ptr<Descriptor> descriptor_;  // closed after elf_
  std::unique_ptr<Elf, Closer> elf_;
  uint64_t file_bytes_ = 0;
  GElf_Ehdr header_{};
  std::vector<GElf_Phdr> program_headers_;
  std::vector<Section> sections_;
  std::vector<Segment> segments_;
  std::vector<ElfNote> notes_;
};

}  // namespace lockwrap::cli
