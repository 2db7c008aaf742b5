// What a program's debug information said about the addresses that were asked for, kept from one command to the next: a large program takes seconds
// and as much memory as its debug information to ask.
//
// One file a build-id, in cache_folder.h's folder, and that is a pprof profile without samples: it is read by the reader that hostile profiles have
// hardened. Its first comment says of which files the names are, and which lockwrap found them; any other one counts for nothing and is replaced.
// A cache never changes what a command says, only how soon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "names/elf_symbols.h"
#include "names/frame.h"

namespace lockwrap::cli {

class SymbolCache {
 public:
  // `identity` is not "", see binary_identity.h. Addresses are those of the file. Never an error: what cannot be read is as good as not there.
  SymbolCache(std::string build_id, std::string identity);

  bool is_empty() const { return frames_.empty() && variables_.empty(); }

  // Null: not known. No frames: known to have none.
  const Frames *frames_at(uint64_t address);
  void keep_frames(uint64_t address, const Frames &frames);

  // Null: not known. Without a value: known to lie in no variable. Of a variable everything but its size.
  const std::optional<ElfSymbol> *variable_at(uint64_t address);
  void keep_variable(uint64_t address, const ElfSymbol *variable);

  // Writes the file if something was added, together with what another command has added meanwhile.
  void save();

 private:
  template <typename Known>
  struct Entry {
    Entry(Known what, bool used) : known(std::move(what)), is_used(used) {}  // clang 14 makes none of the members in parentheses
    Known known;
    bool is_used;
  };
  std::string heading() const;
  std::string file_name() const { return build_id_ + ".pb.gz"; }
  void read();

  std::string build_id_, identity_;
  std::unordered_map<uint64_t, Entry<Frames>> frames_;
  std::unordered_map<uint64_t, Entry<std::optional<ElfSymbol>>> variables_;
  bool has_news_ = false;
};

}  // namespace lockwrap::cli
