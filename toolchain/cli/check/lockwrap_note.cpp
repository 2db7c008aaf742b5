// The offsets in the note are from their own place, so its address is needed, too.
#include "check/lockwrap_note.h"

#include <algorithm>
#include <limits>

namespace lockwrap::cli {
namespace {

constexpr uint64_t kForm = 1;
constexpr size_t kMaximumNames = 4096;  // lockwrap wraps fewer than a hundred
constexpr size_t kWordBytes = 4;

class DescriptionReader {
 public:
  DescriptionReader(const ProgramFile &file, std::string_view bytes, uint64_t address) : file_(file), bytes_(bytes), address_(address) {}

  uint64_t word() {
    if (bytes_.size() - position_ < kWordBytes) return fail();
    const uint64_t value = file_.integer(bytes_.substr(position_), kWordBytes);
    position_ += kWordBytes;
    return value;
  }
  // An address that is given as the distance from its own place.
  uint64_t address() {
    const uint64_t place = address_ + position_;
    const uint64_t target = place + static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(word())));
    return file_.is_64_bit() ? target : target & std::numeric_limits<uint32_t>::max();
  }
  std::string text() {
    const size_t end = bytes_.find('\0', position_);
    if (end == std::string_view::npos) {
      fail();
      return {};
    }
    std::string text(bytes_.substr(position_, end - position_));
    position_ = end + 1;
    return text;
  }
  bool is_whole() const { return is_whole_; }

 private:
  uint64_t fail() {
    is_whole_ = false;
    position_ = bytes_.size();
    return 0;
  }

  const ProgramFile &file_;
  std::string_view bytes_;
  uint64_t address_;
  size_t position_ = 0;
  bool is_whole_ = true;
};

LockwrapNote parse(const ProgramFile &file, std::string_view description, uint64_t address) {
  const CommandError damaged = file_error(file.path(), "is damaged: lockwrap's note in it cannot be read; link the program again");
  DescriptionReader reader(file, description, address);
  const uint64_t form = reader.word();
  if (reader.is_whole() && form != kForm) {
    throw file_error(file.path(), "was linked with another version of lockwrap, whose note this command does not know; use that version's command");
  }
  LockwrapNote note;
  note.code_begin = reader.address();
  note.code_end = reader.address();
  const uint64_t table = reader.address();
  const uint64_t jump_bytes = reader.word();
  note.version = reader.text();
  note.libc = reader.text();
  for (std::string entry = reader.text(); !entry.empty() && note.names.size() < kMaximumNames; entry = reader.text()) {
    const size_t separator = entry.find_first_of(":!");
    if (separator == std::string::npos) throw damaged;
    WrappedName name;
    name.family = entry.substr(0, separator);
    name.name = entry.substr(separator + 1);
    name.is_inner = entry[separator] == '!';
    name.wrapper_jump = table + 2 * jump_bytes * note.names.size();
    name.real_jump = name.wrapper_jump + jump_bytes;
    note.names.push_back(std::move(name));
  }
  if (!reader.is_whole() || note.names.empty() || note.code_begin >= note.code_end || !file.is_code(note.code_begin)) throw damaged;
  return note;
}

}  // namespace

std::optional<LockwrapNote> read_lockwrap_note(const ProgramFile &file) {
  std::optional<LockwrapNote> result;
  std::vector<std::string> excluded;
  for (const ElfNote &note : file.notes()) {
    if (note.owner != "lockwrap") continue;
    if (note.type == 1 && !result) result = parse(file, note.description, note.address);
    if (note.type != 2) continue;
    std::string name = note.description.substr(0, note.description.find('\0'));
    if (std::find(excluded.begin(), excluded.end(), name) == excluded.end()) excluded.push_back(std::move(name));
  }
  if (result) result->excluded = std::move(excluded);
  return result;
}

}  // namespace lockwrap::cli
