#include "runtime/stack/unwind_table.h"

#include <string.h>

#include "runtime/base/program.h"
#include "runtime/stack/machine.h"

namespace lockwrap::stack {

namespace {

// Reads within [at, end); past the end it gives zeros and `bad` says so.
struct Reader {
  const uint8_t* at;
  const uint8_t* end;
  bool bad = false;

  template <class Value>
  Value fixed() {
    Value value{};
    if (static_cast<size_t>(end - at) < sizeof value) {
      bad = true;
      at = end;
      return value;
    }
    memcpy(&value, at, sizeof value);
    at += sizeof value;
    return value;
  }
  uint64_t unsigned_leb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed<uint8_t>();
      value |= uint64_t{byte & 0x7fu} << shift;
      if (!(byte & 0x80)) return value;
    }
    bad = true;
    return value;
  }
  int64_t signed_leb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64;) {
      const auto byte = fixed<uint8_t>();
      value |= uint64_t{byte & 0x7fu} << shift;
      shift += 7;
      if (byte & 0x80) continue;
      if (shift < 64 && (byte & 0x40)) value |= ~uint64_t{0} << shift;
      return static_cast<int64_t>(value);
    }
    bad = true;
    return 0;
  }
  void skip(uint64_t bytes) {
    if (bytes > static_cast<uint64_t>(end - at)) {
      bad = true;
      at = end;
    } else {
      at += bytes;
    }
  }
  // A pointer in one of the DW_EH_PE encodings that linkers use here: absolute or pc-relative.
  uint64_t encoded(uint8_t encoding) {
    const auto place = reinterpret_cast<uintptr_t>(at);
    uint64_t value = 0;
    switch (encoding & 0x0f) {
      case 0x00: value = fixed<uintptr_t>(); break;
      case 0x02: value = fixed<uint16_t>(); break;
      case 0x03: value = fixed<uint32_t>(); break;
      case 0x04: value = fixed<uint64_t>(); break;
      case 0x0a: value = static_cast<uint64_t>(int64_t{fixed<int16_t>()}); break;
      case 0x0b: value = static_cast<uint64_t>(int64_t{fixed<int32_t>()}); break;
      case 0x0c: value = fixed<uint64_t>(); break;
      default: bad = true;
    }
    if ((encoding & 0x70) == 0x10) value += place;
    else if (encoding & 0x70) bad = true;
    return value;
  }
};

enum class Save : uint8_t { kSame, kAtCfa, kAtFramePointer, kUndefined, kUnusual };
struct SavedRegister {
  Save how = Save::kSame;
  int64_t offset = 0;
};
struct Row {
  uint64_t cfa_register = 0;
  int64_t cfa_offset = 0;
  bool cfa_dereferenced = false;
  bool cfa_unusual = false;
  SavedRegister frame_pointer;
  SavedRegister return_address;
};

struct CommonEntry {
  uint64_t code_alignment = 1;
  int64_t data_alignment = 1;
  uint8_t pointer_encoding = 0;
  bool has_augmentation_data = false;
  Reader instructions{nullptr, nullptr};
};

constexpr int kRememberedRows = 4;  // deeper nesting of DW_CFA_remember_state is not emitted by compilers

class Program {
 public:
  Program(const CommonEntry& common, uintptr_t start, uintptr_t pc) : common_(common), location_(start), pc_(pc) {
    // Where no rule is given, machines with a return address on the stack or in a register differ; entries always say.
  }
  bool run(Reader code);
  void end_of_common() { initial_ = row_; }
  const Row& row() const { return row_; }

 private:
  bool advance(uint64_t delta) {
    const uintptr_t next = location_ + delta * common_.code_alignment;
    if (next > pc_) return false;  // the row that holds at pc_ is complete
    location_ = next;
    return true;
  }
  SavedRegister* slot(uint64_t number, Row& row) {
    if (number == kFramePointerRegister) return &row.frame_pointer;
    if (number == kReturnRegister) return &row.return_address;
    return nullptr;
  }
  void save(uint64_t number, Save how, int64_t offset) {
    if (SavedRegister* saved = slot(number, row_)) *saved = {how, offset};
  }
  void restore(uint64_t number) {
    if (SavedRegister* saved = slot(number, row_)) *saved = *slot(number, initial_);
  }
  // A block that is one `base register + offset`, perhaps with a load behind it. False for anything else.
  static bool simple_expression(Reader& code, bool& loads, int64_t& offset);
  bool extended(uint8_t instruction, Reader& code, bool& done);

  const CommonEntry& common_;
  uintptr_t location_;
  uintptr_t pc_;
  Row row_;
  Row initial_;
  Row remembered_[kRememberedRows];
  int remembered_count_ = 0;
};

bool Program::simple_expression(Reader& code, bool& loads, int64_t& offset) {
  const uint64_t length = code.unsigned_leb();
  Reader block{code.at, code.at};
  code.skip(length);
  if (code.bad) return false;
  block.end = code.at;
  const uint8_t operation = block.fixed<uint8_t>();
  if (operation != 0x70 + kFramePointerRegister) return false;  // DW_OP_breg<frame pointer>
  offset = block.signed_leb();
  loads = block.at < block.end;
  if (loads && block.fixed<uint8_t>() != 0x06) return false;  // DW_OP_deref
  return !block.bad && block.at == block.end;
}

bool Program::run(Reader code) {
  bool done = false;
  while (code.at < code.end && !done) {
    const uint8_t instruction = code.fixed<uint8_t>();
    const uint8_t low = instruction & 0x3f;
    switch (instruction >> 6) {
      case 1: done = !advance(low); break;
      case 2: save(low, Save::kAtCfa, static_cast<int64_t>(code.unsigned_leb()) * common_.data_alignment); break;
      case 3: restore(low); break;
      default:
        if (!extended(instruction, code, done)) return false;
    }
    if (code.bad) return false;
  }
  return true;
}

bool Program::extended(uint8_t instruction, Reader& code, bool& done) {
  uint64_t number;
  int64_t offset = 0;
  bool loads = false;
  switch (instruction) {
    case 0x00: return true;                                        // nop
    case 0x01: done = code.encoded(common_.pointer_encoding) > pc_; return true;  // set_loc
    case 0x02: done = !advance(code.fixed<uint8_t>()); return true;   // advance_loc1
    case 0x03: done = !advance(code.fixed<uint16_t>()); return true;  // advance_loc2
    case 0x04: done = !advance(code.fixed<uint32_t>()); return true;  // advance_loc4
    case 0x05:                                                     // offset_extended
      number = code.unsigned_leb();
      save(number, Save::kAtCfa, static_cast<int64_t>(code.unsigned_leb()) * common_.data_alignment);
      return true;
    case 0x06: restore(code.unsigned_leb()); return true;             // restore_extended
    case 0x07: save(code.unsigned_leb(), Save::kUndefined, 0); return true;  // undefined
    case 0x08: save(code.unsigned_leb(), Save::kSame, 0); return true;       // same_value
    case 0x09:                                                     // register
      number = code.unsigned_leb();
      code.unsigned_leb();
      save(number, Save::kUnusual, 0);
      return true;
    case 0x0a:                                                     // remember_state
      if (remembered_count_ == kRememberedRows) return false;
      remembered_[remembered_count_++] = row_;
      return true;
    case 0x0b:                                                     // restore_state
      if (remembered_count_ == 0) return false;
      row_ = remembered_[--remembered_count_];
      return true;
    case 0x0c:                                                     // def_cfa
    case 0x12:                                                     // def_cfa_sf
      row_.cfa_register = code.unsigned_leb();
      row_.cfa_offset = instruction == 0x0c ? static_cast<int64_t>(code.unsigned_leb())
                                            : code.signed_leb() * common_.data_alignment;
      row_.cfa_dereferenced = row_.cfa_unusual = false;
      return true;
    case 0x0d: row_.cfa_register = code.unsigned_leb(); return true;  // def_cfa_register
    case 0x0e: row_.cfa_offset = static_cast<int64_t>(code.unsigned_leb()); return true;  // def_cfa_offset
    case 0x13: row_.cfa_offset = code.signed_leb() * common_.data_alignment; return true;  // def_cfa_offset_sf
    case 0x0f:                                                     // def_cfa_expression
      row_.cfa_unusual = !simple_expression(code, loads, offset);
      row_.cfa_register = kFramePointerRegister;
      row_.cfa_offset = offset;
      row_.cfa_dereferenced = loads;
      return true;
    case 0x10:                                                     // expression
      number = code.unsigned_leb();
      if (simple_expression(code, loads, offset) && !loads) save(number, Save::kAtFramePointer, offset);
      else save(number, Save::kUnusual, 0);
      return true;
    case 0x11:                                                     // offset_extended_sf
      number = code.unsigned_leb();
      save(number, Save::kAtCfa, code.signed_leb() * common_.data_alignment);
      return true;
    case 0x14:                                                     // val_offset
      number = code.unsigned_leb();
      code.unsigned_leb();
      save(number, Save::kUnusual, 0);
      return true;
    case 0x16:                                                     // val_expression
      number = code.unsigned_leb();
      code.skip(code.unsigned_leb());
      save(number, Save::kUnusual, 0);
      return true;
    case 0x2d: return true;                                        // aarch64: negate_ra_state
    case 0x2e: code.unsigned_leb(); return true;                   // GNU_args_size
    default: return false;
  }
}

// The contents of the entry that begins at `start` with its length; false for the terminator and 64-bit lengths.
bool open_entry(const uint8_t* start, Reader& entry) {
  uint32_t length;
  memcpy(&length, start, sizeof length);
  if (length < 4 || length == 0xffffffff) return false;
  entry = {start + sizeof length, start + sizeof length + length};
  return true;
}

bool read_common_entry(const uint8_t* start, CommonEntry& common) {
  Reader entry{nullptr, nullptr};
  if (!open_entry(start, entry) || entry.fixed<uint32_t>() != 0) return false;
  const auto version = entry.fixed<uint8_t>();
  const auto* augmentation = reinterpret_cast<const char*>(entry.at);
  while (entry.fixed<uint8_t>() && !entry.bad) {
  }
  common.code_alignment = entry.unsigned_leb();
  common.data_alignment = entry.signed_leb();
  if (version == 1) entry.fixed<uint8_t>();
  else entry.unsigned_leb();
  if (entry.bad) return false;
  if (*augmentation == 'z') {
    common.has_augmentation_data = true;
    entry.unsigned_leb();
    for (const char* letter = augmentation + 1; *letter; ++letter) {
      if (*letter == 'R') common.pointer_encoding = entry.fixed<uint8_t>();
      else if (*letter == 'L') entry.fixed<uint8_t>();
      else if (*letter == 'P') {
        const auto encoding = entry.fixed<uint8_t>();
        entry.encoded(encoding & 0x7f);  // without its indirection
      } else if (*letter != 'S' && *letter != 'B') {
        return false;
      }
    }
  } else if (*augmentation) {
    return false;
  }
  common.instructions = entry;
  return !entry.bad;
}

// The entry of the function at `pc`, by binary search; null when there is none.
const uint8_t* find_entry(uintptr_t pc) {
  const uint8_t* header = base::program.eh_frame_header;
  // Version 1, 32-bit count and a sorted table of 32-bit offsets from the header: what all linkers write.
  if (!header || base::program.eh_frame_header_bytes < 12 || header[0] != 1 || header[2] != 0x03 || header[3] != 0x3b) {
    return nullptr;
  }
  Reader reader{header + 4, header + base::program.eh_frame_header_bytes};
  reader.encoded(header[1]);
  const auto count = reader.fixed<uint32_t>();
  struct Row32 {
    int32_t start;
    int32_t entry;
  };
  if (reader.bad || static_cast<size_t>(reader.end - reader.at) / sizeof(Row32) < count) return nullptr;
  const uint8_t* table = reader.at;
  auto row = [&](uint32_t index) {
    Row32 value;
    memcpy(&value, table + index * sizeof value, sizeof value);
    return value;
  };
  auto start_of = [&](uint32_t index) {
    return reinterpret_cast<uintptr_t>(header) + static_cast<uintptr_t>(intptr_t{row(index).start});
  };
  uint32_t low = 0;
  uint32_t high = count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (start_of(middle) <= pc) low = middle + 1;
    else high = middle;
  }
  return low ? header + row(low - 1).entry : nullptr;
}

bool set_offset(int64_t offset, int32_t& target) {
  target = static_cast<int32_t>(offset);
  return target == offset;
}

}  // namespace

FrameRule read_unwind_table(uintptr_t pc) {
  if (!kHasUnwindRules || pc < base::program.image_start || pc >= base::program.image_end) return {};
  const uint8_t* start = find_entry(pc);
  Reader entry{nullptr, nullptr};
  if (!start || !open_entry(start, entry)) return {};
  const uint8_t* pointer_place = entry.at;
  const auto common_distance = entry.fixed<uint32_t>();
  CommonEntry common;
  if (!common_distance || !read_common_entry(pointer_place - common_distance, common)) return {};
  const auto function_start = static_cast<uintptr_t>(entry.encoded(common.pointer_encoding));
  const auto function_bytes = static_cast<uintptr_t>(entry.encoded(common.pointer_encoding & 0x0f));
  if (entry.bad || pc < function_start || pc - function_start >= function_bytes) return {};
  if (common.has_augmentation_data) entry.skip(entry.unsigned_leb());

  Program rows(common, function_start, pc);
  if (!rows.run(common.instructions)) return {};
  rows.end_of_common();
  if (entry.bad || !rows.run(entry)) return {};

  const Row& row = rows.row();
  FrameRule rule;
  rule.outermost = row.return_address.how == Save::kUndefined;
  rule.known = rule.outermost;
  if (rule.outermost) return rule;
  if (row.cfa_unusual || (row.cfa_register != kFramePointerRegister && row.cfa_register != kStackPointerRegister)) return {};
  rule.cfa_from_frame_pointer = row.cfa_register == kFramePointerRegister;
  rule.cfa_dereferenced = row.cfa_dereferenced;
  if (!set_offset(row.cfa_offset, rule.cfa_offset)) return {};
  if (row.return_address.how == Save::kSame) rule.return_in_register = true;
  else if (row.return_address.how != Save::kAtCfa || !set_offset(row.return_address.offset, rule.return_offset)) return {};
  switch (row.frame_pointer.how) {
    case Save::kSame: break;
    case Save::kAtCfa: rule.frame_pointer = CallerFramePointer::kAtCfa; break;
    case Save::kAtFramePointer: rule.frame_pointer = CallerFramePointer::kAtFramePointer; break;
    default: return {};
  }
  if (!set_offset(row.frame_pointer.offset, rule.frame_pointer_offset)) return {};
  rule.known = true;
  return rule;
}

}  // namespace lockwrap::stack
