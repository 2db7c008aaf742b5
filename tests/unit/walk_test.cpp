// capture_stack and update_stack against what the functions on the stack themselves know of their callers.
#include "runtime/stack/walk.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/program.h"
#include "runtime/report/elf_symbols.h"
#include "stack_shapes.h"

namespace {

using Shapes = std::vector<unsigned char>;

// The noted return addresses, innermost first: frame i of the stack must be the i-th of them.
void check_frames(const Captured& captured) {
  REQUIRE(captured.count >= 1);
  REQUIRE(captured.count >= std::min<size_t>(noted_count, 128));
  for (size_t i = 0; i < captured.count && i < noted_count; ++i) {
    CAPTURE(i);
    REQUIRE(captured.frames[i] == noted[noted_count - 1 - i]);
  }
}

void check_shapes(const Shapes& shapes) {
  // From one walk to the next, whatever the last one was, as in a thread.
  static thread_local lockwrap::stack::LastStack remembered;
  Captured captured;
  captured.remembered = &remembered;
  run_shapes(shapes.data(), shapes.size(), 128, captured);
  check_frames(captured);
  REQUIRE(remembered.cut == captured.cut);
  REQUIRE(std::equal(captured.frames, captured.frames + captured.count, remembered.frames,
                     remembered.frames + remembered.frame_count));
}

void check_all_shapes() {
  for (unsigned char shape = 0; shape < kShapes; ++shape) {
    CAPTURE(static_cast<int>(shape));
    check_shapes({shape});
    check_shapes({shape, shape, shape});
  }
  std::mt19937 random(6);
  for (int round = 0; round < 300; ++round) {
    Shapes shapes(random() % 50);
    for (unsigned char& shape : shapes) shape = static_cast<unsigned char>(random());
    check_shapes(shapes);
  }
}

bool is_in(uintptr_t return_address, const char* function) {
  static const lockwrap::report::ElfSymbols symbols;
  const char* name = symbols.find(return_address - 1).text;
  return name && std::string(name) == function;
}

struct SignalResult {
  uintptr_t site;
  Captured captured;
};
SignalResult signal_result;

__attribute__((noinline)) void capture_here(SignalResult& result) {
  result.site = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  result.captured.count = lockwrap::stack::capture_stack(result.site, result.captured.frames, 128, result.captured.cut);
}

void on_signal(int) { capture_here(signal_result); }

__attribute__((noinline)) int compare_and_capture(const void*, const void*) {
  capture_here(signal_result);
  return 0;
}

}  // namespace

TEST_CASE("walk: frames of all shapes, on the main thread") { check_all_shapes(); }

TEST_CASE("walk: frames of all shapes, on another thread") { std::thread(check_all_shapes).join(); }

// Frames in another order, but of the same sizes: the lock is called from the same depth with the same words on top.
TEST_CASE("walk: a stack that differs from the last one in its middle only is told apart") {
  Shapes shapes = {0, 1, 5, 7, 0, 5, 1, 1, 7, 0};
  for (int round = 0; round < 200; ++round) {
    check_shapes(shapes);
    std::next_permutation(shapes.begin(), shapes.end() - 3);
  }
}

TEST_CASE("walk: the same stack again is compared, not walked") {
  static lockwrap::stack::LastStack remembered;
  Captured captured;
  captured.remembered = &remembered;
  for (const Shapes& shapes : {Shapes{}, Shapes{0, 5, 0, 1, 7}, Shapes{2, 3, 4, 6}, Shapes(10, 5)}) {
    captured.compared = false;
    run_shapes(shapes.data(), shapes.size(), 128, captured);
    CHECK(captured.compared);
  }
}

TEST_CASE("walk: a stack that takes many words is walked each time") {
  static lockwrap::stack::LastStack remembered;
  Captured captured;
  captured.remembered = &remembered;
  const Shapes shapes(80, 0);
  run_shapes(shapes.data(), shapes.size(), 128, captured);
  CHECK_FALSE(captured.compared);
  CHECK(remembered.cut == captured.cut);
}

TEST_CASE("walk: through functions that end in a call") {
  Captured captured;
  run_to_the_end(128, captured);
  check_frames(captured);
}

TEST_CASE("walk: the trail leads to main and not much further") {
  Captured captured;
  run_shapes(nullptr, 0, 128, captured);
  size_t main_frame = 0;
  for (size_t i = 0; i < captured.count; ++i) {
    if (is_in(captured.frames[i], "main")) main_frame = i;
  }
  CHECK(main_frame != 0);
  CHECK(captured.count - main_frame <= 4);
  CHECK_FALSE(captured.cut);
}

TEST_CASE("walk: a stack deeper than the capacity is cut at its outermost end") {
  const Shapes shapes(200, 0);
  Captured captured;
  run_shapes(shapes.data(), shapes.size(), 128, captured);
  CHECK(captured.count == 128);
  CHECK(captured.cut);
  check_frames(captured);
  run_shapes(shapes.data(), shapes.size(), 300, captured);
  CHECK(captured.count == 300);
  CHECK(captured.cut);
}

TEST_CASE("walk: a capacity of one is the call itself") {
  Captured captured;
  captured.frames[1] = 4711;
  run_shapes(nullptr, 0, 1, captured);
  CHECK(captured.count == 1);
  CHECK(captured.cut);
  CHECK(captured.frames[0] == noted[noted_count - 1]);
  CHECK(captured.frames[1] == 4711);
}

TEST_CASE("walk: a site that is not on the stack stands alone") {
  uintptr_t frames[128];
  bool cut = true;
  CHECK(lockwrap::stack::capture_stack(0x1234, frames, 128, cut) == 1);
  CHECK(frames[0] == 0x1234);
  CHECK_FALSE(cut);
}

TEST_CASE("walk: in a signal handler the handler's own frame is right, and nothing bogus follows in a static program") {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
  raise(SIGUSR1);
  CHECK(signal_result.captured.frames[0] == signal_result.site);
  const auto& program = lockwrap::base::program;
  for (size_t i = 0; !program.dynamic && i < signal_result.captured.count; ++i) {
    CHECK(signal_result.captured.frames[i] >= program.code_start);
    CHECK(signal_result.captured.frames[i] < program.code_end);
  }
}

TEST_CASE("walk: on an alternate signal stack nothing outside is read") {
  std::vector<char> memory(64 * 1024);
  stack_t stack = {};
  stack.ss_sp = memory.data();
  stack.ss_size = memory.size();
  REQUIRE(sigaltstack(&stack, nullptr) == 0);
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
  raise(SIGUSR1);
  CHECK(signal_result.captured.frames[0] == signal_result.site);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
}

TEST_CASE("walk: through libc's own code in a static program") {
  int values[2] = {};
  qsort(values, 2, sizeof *values, compare_and_capture);
  CHECK(signal_result.captured.count >= 1);
  if (lockwrap::base::program.dynamic) return;  // libc.so's tables are not the executable's
  bool meets_main = false;
  for (size_t i = 0; i < signal_result.captured.count; ++i) meets_main |= is_in(signal_result.captured.frames[i], "main");
  CHECK(meets_main);
}
