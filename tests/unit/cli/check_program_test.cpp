// `lockwrap check` before programs that no linker here makes: other processors and byte orders, damaged notes, hostile headers.
#include <doctest/doctest.h>

#include <random>

#include "hand_made_elf.h"
#include "check/program_check.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

CheckReport check_bytes(const std::string &bytes) {
  const TemporaryFolder folder;
  write_file(folder / "program", bytes);
  return check_program({folder / "program", "", {}});
}

// What the error says; "" when there is none.
std::string refusal(const std::string &bytes) {
  try {
    check_bytes(bytes);
    return "";
  } catch (const CommandError &error) {
    return error.what();
  }
}

void expect_refusal(const std::string &bytes, const std::string &part) {
  const std::string said = refusal(bytes);
  CHECK_MESSAGE(said.find(part) != std::string::npos, said);
}

// Two jumps of five bytes, to the wrapper and to the real function, behind 32 other bytes of lockwrap's own; the distances are from the first.
std::string code_with_table(int32_t to_wrapper, int32_t to_real) {
  std::string code(32, '\x90');
  const HandMadeElf plain;
  code += '\xe9' + plain.number(static_cast<uint32_t>(to_wrapper - 5), 4);
  code += '\xe9' + plain.number(static_cast<uint32_t>(to_real - 5 - 5), 4);
  return code + std::string(22, '\x90');
}

}  // namespace

TEST_CASE("programs of every class and byte order are read") {
  struct Shape {
    bool is_64_bit;
    bool is_big_endian;
    uint16_t machine;
    const char *name;
  };
  for (const Shape &shape : {Shape{true, true, EM_S390, "s390x"}, Shape{true, true, EM_PPC64, "ppc64"}, Shape{false, true, EM_MIPS, "mips"},
                             Shape{false, false, EM_386, "32-bit x86"}, Shape{true, false, EM_RISCV, "riscv64"},
                             Shape{true, true, EM_AARCH64, "aarch64 (big-endian)"}}) {
    CAPTURE(shape.name);
    HandMadeElf elf{shape.is_64_bit, shape.is_big_endian, shape.machine};
    CHECK(check_bytes(elf.bytes()).wrap.verdict == Verdict::kNot);
    CHECK(check_bytes(elf.bytes()).facts.architecture == shape.name);
    elf.notes = elf.lockwrap_note() + elf.note(3, "GNU", "\x01\xab");
    const CheckReport report = check_bytes(elf.bytes());
    CHECK(report.wrap.version == "9.8.7");
    CHECK(report.wrap.archive_libc == "glibc 2.99");
    REQUIRE(report.wrap.functions.size() == 1);
    CHECK(report.wrap.functions[0].name == "pthread_mutex_lock");
    CHECK(report.facts.build_id == "01ab");
  }
}

// It counted as wrapped, with exit status 0: the gate of a build let pass what nobody had looked at.
TEST_CASE("on a processor whose code is not read the program counts as not examined, and never as wrapped") {
  HandMadeElf elf{true, true, EM_S390};
  elf.notes = elf.lockwrap_note();
  const CheckReport report = check_bytes(elf.bytes());
  CHECK(report.wrap.verdict == Verdict::kNotExamined);
  CHECK(check_as_json(report).find("\"verdict\": \"not examined\"") != std::string::npos);
  CHECK(run_lockwrap("check --help").output.find("and not examined") != std::string::npos);
  CHECK(check_as_text(report).find("was not examined: this command reads no machine code of this processor.") != std::string::npos);
}

TEST_CASE("the table's jumps lead to the wrapper and the real function") {
  HandMadeElf elf;
  elf.notes = elf.lockwrap_note();
  elf.code = code_with_table(-32, 16);
  CHECK(check_bytes(elf.bytes()).wrap.functions[0].is_resolved);
  elf.code = code_with_table(-32, 0x100000);  // beyond all code
  const CheckReport nowhere = check_bytes(elf.bytes());
  CHECK(!nowhere.wrap.functions[0].is_resolved);
  CHECK(nowhere.wrap.verdict == Verdict::kPartly);
  elf.code = code_with_table(-32, -24);  // lockwrap's own code is not the real function
  CHECK(!check_bytes(elf.bytes()).wrap.functions[0].is_resolved);
}

TEST_CASE("a call that goes past is found without any name") {
  HandMadeElf elf;
  elf.notes = elf.lockwrap_note();
  // The real function at 52; at 56 a call of it, in no function that is known: libc's or the program's, it cannot be told.
  elf.code = code_with_table(-32, 20);
  elf.code.replace(56, 5, '\xe8' + elf.number(static_cast<uint32_t>(52 - 61), 4));
  const CheckReport report = check_bytes(elf.bytes());
  CHECK(report.wrap.untold_calls == 1);
  CHECK(report.wrap.verdict == Verdict::kWrapped);
}

TEST_CASE("a call at the beginning of a function is found behind bytes that are no code") {
  HandMadeElf elf;
  elf.notes = elf.lockwrap_note();
  // A null byte before the call: read on from there, 00 e8 is an instruction that swallows the call.
  elf.code = code_with_table(-32, 16);
  elf.code.replace(56, 6, std::string(1, '\0') + '\xe8' + elf.number(static_cast<uint32_t>(48 - 62), 4));
  CHECK(check_bytes(elf.bytes()).wrap.untold_calls == 0);
  elf.function_starts = {HandMadeElf::kCodeAddress + 48, HandMadeElf::kCodeAddress + 57};
  CHECK(check_bytes(elf.bytes()).wrap.untold_calls == 1);
}

TEST_CASE("calls and addresses are read in the code of aarch64") {
  HandMadeElf elf{true, false, EM_AARCH64};
  elf.notes = elf.lockwrap_note(1, 4);
  constexpr uint32_t kNothing = 0xd503201f;
  std::vector<uint32_t> words(24, kNothing);
  const auto jump = [&words](uint32_t instruction, int from, int to) { words[from] = instruction | (static_cast<uint32_t>(to - from) & 0x3ffffff); };
  constexpr uint32_t kB = 0x14000000;
  constexpr uint32_t kBl = 0x94000000;
  jump(kB, 8, 0);    // the table: the wrapper is the first instruction,
  jump(kB, 9, 16);   // the real function the 17th
  const auto untold = [&] {
    elf.code.clear();
    for (const uint32_t word : words) elf.code += elf.number(word, 4);
    return check_bytes(elf.bytes()).wrap.untold_calls;
  };
  CHECK(untold() == 0);
  jump(kBl, 12, 16);
  CHECK(untold() == 1);
  jump(kB, 13, 16);
  CHECK(untold() == 2);
  words[14] = 0x90000001;              // adrp x1, the page
  words[15] = 0x91000021 | 64u << 10;  // add x1, x1, #64: the real function's address
  CHECK(untold() == 3);
  words[15] = 0x91000022 | 64u << 10;  // into another register
  CHECK(untold() == 3);
  words[15] = 0x91000041 | 64u << 10;  // from a register that holds no page
  CHECK(untold() == 2);
}

TEST_CASE("damaged and newer notes are errors") {
  HandMadeElf elf;
  elf.notes = elf.lockwrap_note(2);
  expect_refusal(elf.bytes(), "was linked with another version of lockwrap");
  elf.notes = elf.note(1, "lockwrap", "");
  expect_refusal(elf.bytes(), "lockwrap's note in it cannot be read");
  elf.notes = elf.note(1, "lockwrap", elf.number(1, 4) + std::string(40, '\x7f'));
  expect_refusal(elf.bytes(), "lockwrap's note in it cannot be read");
  const HandMadeElf plain;
  const std::string whole = plain.lockwrap_note();
  for (size_t size = 24; size + 1 < whole.size(); ++size) {  // the note's own header, and a part of its description
    elf.notes = plain.note(1, "lockwrap", whole.substr(24, size - 24));
    if (!refusal(elf.bytes()).empty()) continue;
    CHECK_MESSAGE(size + 8 > whole.size(), "a note of " << size << " of " << whole.size() << " bytes is accepted");
  }
}

TEST_CASE("hostile headers are errors, quickly and without much memory") {
  const HandMadeElf elf;
  const std::string good = elf.bytes();
  const auto with = [&](size_t position, uint64_t value, int size) { return std::string(good).replace(position, size, elf.number(value, size)); };
  constexpr size_t kFirstEntry = 64;
  expect_refusal(with(kFirstEntry + 32, uint64_t{1} << 60, 8), "is truncated");           // p_filesz
  expect_refusal(with(kFirstEntry + 8, ~uint64_t{0} - 8, 8), "is truncated");             // p_offset
  expect_refusal(with(kFirstEntry + 16, ~uint64_t{0} - 8, 8), "beyond the last address");  // p_vaddr
  expect_refusal(with(32, uint64_t{1} << 50, 8), "program headers");                      // e_phoff
  expect_refusal(with(56, 0xffff, 2), "program headers");                                 // e_phnum
  expect_refusal(with(40, 4096, 8).replace(60, 2, elf.number(3, 2)), "is truncated");      // e_shoff, e_shnum
  CHECK(refusal(with(40, 4096, 8)).empty());  // a place of no sections
  expect_refusal(with(4, 7, 1), "is damaged");                                            // the class
  expect_refusal(with(5, 7, 1), "is damaged");                                            // the byte order
  expect_refusal(with(16, 77, 2), "no kind of program");                                  // e_type
}

TEST_CASE("a small file cannot ask for much memory") {
  // The same bytes loaded at many addresses.
  const HandMadeElf elf;
  std::string bytes = elf.bytes().substr(0, 64);
  constexpr int kEntries = 64;
  for (int index = 0; index < kEntries; ++index) {
    bytes += elf.number(PT_LOAD, 4) + elf.number(PF_R, 4) + elf.number(0, 8) + elf.number(uint64_t{1} << 24 | uint64_t(index) << 16, 8) +
             elf.number(0, 8) + elf.number(60000, 8) + elf.number(60000, 8) + elf.number(4, 8);
  }
  bytes.resize(60000);
  bytes.replace(56, 2, elf.number(kEntries, 2));
  expect_refusal(bytes, "its segments overlap");
}

TEST_CASE("no byte of a program, changed or cut away, makes the check crash") {
  const std::string good = read_file(LOCKWRAP_PROGRAM_TO_BREAK);
  REQUIRE(check_bytes(good).wrap.verdict == Verdict::kPartly);
  std::mt19937 random(20260101);
  const size_t headers = std::min<size_t>(good.size(), 4096);
  for (int round = 0; round < 150; ++round) {
    std::string bad = good;
    for (int change = 0; change < 4; ++change) {
      // Every other time in the headers and tables at the beginning, where most can be broken.
      const size_t position = random() % (round % 2 == 0 ? headers : bad.size());
      bad[position] = static_cast<char>(random());
    }
    refusal(bad);
  }
  for (int round = 0; round < 100; ++round) {
    const std::string said = refusal(good.substr(0, random() % good.size()));
    CHECK_MESSAGE(said.find(": ") != std::string::npos, "cut, and accepted");
  }
}
