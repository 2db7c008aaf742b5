// One capstone engine for each encoding that the program's processor has.
#include "check/machine_code.h"

#include <algorithm>
#include <new>

#include "base/long_work.h"
#include "check/instruction_uses.h"
#include "check/linker_stub.h"

namespace lockwrap::cli {

struct MachineCode::Engine {
  uint16_t machine = EM_NONE;
  bool has_fixed_addresses = false;
  csh usual = 0;
  csh thumb = 0;
  cs_insn *instruction = nullptr;

  ~Engine() {
    if (instruction != nullptr) cs_free(instruction, 1);
    if (usual != 0) cs_close(&usual);
    if (thumb != 0) cs_close(&thumb);
  }
  static csh open(cs_arch architecture, int mode) {
    csh handle = 0;
    if (cs_open(architecture, static_cast<cs_mode>(mode), &handle) != CS_ERR_OK) return 0;
    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
    cs_option(handle, CS_OPT_SKIPDATA, CS_OPT_ON);
    return handle;
  }
  // The next instruction of `code`, which gets shorter by it; null at the end. What was stepped over has the id 0, and no detail.
  const cs_insn *next(csh handle, std::string_view &code, uint64_t &address) const {
    auto bytes = reinterpret_cast<const uint8_t *>(code.data());
    size_t left = code.size();
    if (!cs_disasm_iter(handle, &bytes, &left, &address, instruction)) return nullptr;
    code.remove_prefix(code.size() - left);
    return instruction;
  }
  csh handle_for(bool is_thumb) const { return is_thumb ? thumb : usual; }
  bool is_x86() const { return machine == EM_X86_64 || machine == EM_386; }
};

namespace {

// As much of a function as its first lines need.
constexpr size_t kPrologueBytes = 64;
constexpr int kPrologueInstructions = 5;

}  // namespace

MachineCode::MachineCode(const ProgramFile &file, const ProgramFunctions &functions, uint64_t table_address)
    : file_(file), functions_(functions), table_address_(table_address), engine_(std::make_unique<Engine>()) {
  const uint16_t machine = file.header().e_machine;
  const bool is_little_endian = file.header().e_ident[EI_DATA] == ELFDATA2LSB;
  if (machine == EM_X86_64) engine_->usual = Engine::open(CS_ARCH_X86, CS_MODE_64);
  if (machine == EM_386) engine_->usual = Engine::open(CS_ARCH_X86, CS_MODE_32);
  if (machine == EM_AARCH64 && is_little_endian) engine_->usual = Engine::open(CS_ARCH_ARM64, 0);
  if (machine == EM_ARM && is_little_endian) {
    engine_->usual = Engine::open(CS_ARCH_ARM, CS_MODE_ARM);
    engine_->thumb = Engine::open(CS_ARCH_ARM, CS_MODE_THUMB);
    if (functions.code_kinds().empty()) problem_ = "a stripped ARM program does not tell which of its code is Thumb";
  }
  if (engine_->usual == 0) {
    problem_ = "this command reads no machine code of this processor";
    return;
  }
  engine_->machine = machine;
  engine_->has_fixed_addresses = file.header().e_type == ET_EXEC;
  engine_->instruction = cs_malloc(engine_->usual);
  if (engine_->instruction == nullptr) throw std::bad_alloc();
  find_ranges(file);
  starts_ = functions.instruction_starts();
}

MachineCode::~MachineCode() = default;

// Sections where there are any: a segment of code may have constants, too. Only what segments really load is looked at.
void MachineCode::find_ranges(const ProgramFile &file) {
  std::vector<Range> wanted;
  for (const auto &[name, header] : file.sections()) {
    const bool is_code = header.sh_type == SHT_PROGBITS && (header.sh_flags & SHF_EXECINSTR) != 0 && (header.sh_flags & SHF_ALLOC) != 0;
    if (is_code && header.sh_addr + header.sh_size > header.sh_addr) wanted.emplace_back(header.sh_addr, header.sh_addr + header.sh_size);
  }
  if (wanted.empty()) wanted.emplace_back(0, ~uint64_t{0});
  std::sort(wanted.begin(), wanted.end());
  uint64_t done = 0;
  for (const auto &[begin, end] : wanted) {
    const auto is_before = [start = std::max(begin, done)](const Segment &segment) { return segment.address + segment.content.size() <= start; };
    auto segment = std::partition_point(file.segments().begin(), file.segments().end(), is_before);
    for (; segment != file.segments().end() && segment->address < end; ++segment) {
      const uint64_t first = std::max({begin, segment->address, done});
      const uint64_t last = std::min(end, segment->address + segment->content.size());
      if (!segment->is_code || first >= last) continue;
      ranges_.emplace_back(first, last);
      done = last;
    }
  }
}

void MachineCode::each_use(const std::function<void(const CodeUse &)> &visit) {
  uint64_t bytes = 0;
  for (const auto &[begin, end] : ranges_) bytes += end - begin;
  LongWork work("disassembled", bytes / 1024, " KiB");
  uint64_t before = 0;
  for (const auto &[begin, end] : ranges_) {
    if (engine_->machine != EM_ARM) {
      read_range(begin, end, false, visit, work, before);
      before += end - begin;
      continue;
    }
    const auto &kinds = functions_.code_kinds();
    auto kind = std::lower_bound(kinds.begin(), kinds.end(), begin, [](const auto &entry, uint64_t wanted) { return entry.first < wanted; });
    for (; kind != kinds.end() && kind->first < end; ++kind) {
      const uint64_t next = std::next(kind) == kinds.end() ? end : std::min(end, std::next(kind)->first);
      if (kind->second != CodeKind::kData) read_range(kind->first, next, kind->second == CodeKind::kThumb, visit, work, before + (kind->first - begin));
    }
    before += end - begin;
  }
}

void MachineCode::read_range(uint64_t begin, uint64_t end, bool is_thumb, const std::function<void(const CodeUse &)> &visit, LongWork &work,
                             uint64_t before) {
  std::vector<CodeUse> uses;
  Arm64Uses arm64;
  const uint64_t first = begin;
  auto next_start = std::upper_bound(starts_.begin(), starts_.end(), begin);
  while (begin < end) {
    const uint64_t function_end = next_start == starts_.end() ? end : std::min(end, *next_start++);
    std::string_view code = file_.loaded_at(begin).substr(0, function_end - begin);
    while (const cs_insn *instruction = engine_->next(engine_->handle_for(is_thumb), code, begin)) {
      work.came_to((before + (instruction->address - first)) / 1024);
      if (instruction->id == 0) continue;
      uses.clear();
      if (engine_->is_x86()) add_x86_uses(*instruction, engine_->machine == EM_X86_64, engine_->has_fixed_addresses, uses);
      else if (engine_->machine == EM_AARCH64) arm64.add(*instruction, uses);
      else add_arm_uses(*instruction, uses);
      for (const CodeUse &use : uses) visit(use);
    }
    begin = function_end;
  }
}

std::optional<uint64_t> MachineCode::jump_at(uint64_t address) {
  if (!file_.is_code(address)) return std::nullopt;
  std::optional<uint64_t> target;
  std::string_view code = file_.loaded_at(address).substr(0, kPrologueBytes);
  const cs_insn *instruction = engine_->next(engine_->usual, code, address);
  if (instruction == nullptr || instruction->id == 0) return std::nullopt;
  std::vector<CodeUse> uses;
  if (engine_->is_x86()) add_x86_uses(*instruction, engine_->machine == EM_X86_64, false, uses);
  else if (engine_->machine == EM_AARCH64) Arm64Uses().add(*instruction, uses);
  else add_arm_uses(*instruction, uses);
  for (const CodeUse &use : uses) {
    if (use.kind == CodeUse::Kind::kJump) target = use.target;
  }
  return target;
}

std::optional<Stub> MachineCode::stub_at(uint64_t address) {
  if (!file_.is_code(address)) return std::nullopt;
  std::string_view code = file_.loaded_at(address).substr(0, kPrologueBytes);
  if (engine_->machine == EM_ARM) {
    // For callers in Thumb code a stub begins with a change of the mode: bx pc, nop.
    constexpr std::string_view kChange("\x78\x47\xc0\x46");
    if (code.starts_with(kChange)) {
      code.remove_prefix(kChange.size());
      address += kChange.size();
    }
  }
  X86Stub x86(engine_->machine == EM_X86_64, table_address_);
  Arm64Stub arm64;
  ArmStub arm;
  for (int count = 0; count < kPrologueInstructions; ++count) {
    const cs_insn *instruction = engine_->next(engine_->usual, code, address);
    if (instruction == nullptr || instruction->id == 0) return std::nullopt;
    const StubStep step = engine_->is_x86() ? x86.add(*instruction) : engine_->machine == EM_AARCH64 ? arm64.add(*instruction) : arm.add(*instruction);
    if (step == StubStep::kNoStub) return std::nullopt;
    if (step == StubStep::kDone) return engine_->is_x86() ? x86.stub() : engine_->machine == EM_AARCH64 ? arm64.stub() : arm.stub();
  }
  return std::nullopt;
}

bool MachineCode::is_jump_over_stubs(const CodeUse &use) const {
  constexpr uint64_t kPage = 4096, kNop = 0xd503201f;
  if (engine_->machine != EM_AARCH64 || use.kind != CodeUse::Kind::kJump || use.target <= use.site || (use.target - use.site) % kPage != 0) return false;
  // Jump, nop; then of each stub the instruction that was moved and the jump back.
  const std::string_view code = file_.loaded_at(use.site);
  const auto is_jump = [&](size_t at) { return file_.integer(code.substr(at), 4) >> 26 == 5; };
  return code.size() >= 16 && is_jump(0) && file_.integer(code.substr(4), 4) == kNop && is_jump(12);
}

bool MachineCode::is_tiny(uint64_t function) {
  constexpr int kTinyInstructions = 4;
  if (!file_.is_code(function) || engine_->machine == EM_ARM) return false;
  std::string_view code = file_.loaded_at(function).substr(0, kPrologueBytes);
  for (int count = 0; count < kTinyInstructions; ++count) {
    const cs_insn *instruction = engine_->next(engine_->usual, code, function);
    if (instruction == nullptr || instruction->id == 0) return false;
    const bool is_aarch64 = engine_->machine == EM_AARCH64;
    if (is_aarch64 ? instruction->id == ARM64_INS_RET : instruction->id == X86_INS_RET) return true;
  }
  return false;
}

bool MachineCode::knows_frame_pointers() const { return engine_->is_x86() || engine_->machine == EM_AARCH64; }

bool MachineCode::sets_frame_pointer(uint64_t function) {
  if (!file_.is_code(function)) return false;
  std::string_view code = file_.loaded_at(function).substr(0, kPrologueBytes);
  bool is_pushed = false;
  for (int count = 0; count < kPrologueInstructions; ++count) {
    const cs_insn *instruction = engine_->next(engine_->usual, code, function);
    if (instruction == nullptr || instruction->id == 0) return false;
    if (engine_->machine == EM_AARCH64) {
      if (is_arm64_frame_push(*instruction)) return true;
    } else if (is_x86_frame_push(*instruction)) {
      is_pushed = true;
    } else if (is_pushed && is_x86_frame_set(*instruction)) {
      return true;
    }
  }
  return false;
}

}  // namespace lockwrap::cli
