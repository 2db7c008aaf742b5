// Where the command keeps what it need not find out twice: $XDG_CACHE_HOME/lockwrap, else ~/.cache/lockwrap. Everything in it may be deleted at any
// time.
#pragma once

#include <cstdint>
#include <string>

namespace lockwrap::cli {

constexpr uint64_t kMaximumCacheBytes = uint64_t{256} << 20;  // of all files together; beyond it those go that were not used for longest

// "" when neither XDG_CACHE_HOME nor HOME is set to an absolute path: then nothing is kept.
std::string cache_folder();

// The file's whole content, or "" for any reason; it is marked as used.
std::string read_cache_file(const std::string &name);

// Replaces the file at once, so that others see the old or the new content. Makes the folder, and removes other files if all are too large
// together. What goes wrong (no folder, no right, no space) is nobody's business: the next command has to find it out again.
void write_cache_file(const std::string &name, const std::string &content, uint64_t maximum_bytes = kMaximumCacheBytes);

}  // namespace lockwrap::cli
