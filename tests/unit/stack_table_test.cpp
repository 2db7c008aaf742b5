// The table of stacks: each once, known by a number, none when there is no room.
#include "runtime/stack/stack_table.h"

#include <doctest/doctest.h>

#include <barrier>
#include <memory>
#include <set>
#include <thread>
#include <vector>

using namespace lockwrap::stack;

namespace {

// Never given back: the table stays in use until the process ends.
void place(size_t stacks, size_t frames) {
  static std::vector<std::unique_ptr<lockwrap::base::Arena>> kept;
  lockwrap::base::Arena* arena = kept.emplace_back(std::make_unique<lockwrap::base::Arena>()).get();
  REQUIRE(arena->reserve(4 << 20));
  REQUIRE(place_stack_table(*arena, stacks, frames));
}

std::vector<uintptr_t> frames_of(uint32_t stack) {
  const StackView view = stack_of(stack);
  return {view.frames, view.frames + view.count};
}

}  // namespace

TEST_CASE("stack table: equal stacks have one number, others another") {
  place(100, 1000);
  const std::vector<uintptr_t> first = {1, 2, 3};
  const std::vector<uintptr_t> longer = {1, 2, 3, 4};
  const uint32_t number = intern_stack(first.data(), first.size());
  CHECK(number != 0);
  CHECK(intern_stack(first.data(), first.size()) == number);
  const uint32_t other = intern_stack(longer.data(), longer.size());
  CHECK(other != number);
  CHECK(frames_of(number) == first);
  CHECK(frames_of(other) == longer);
  CHECK(stacks_used() == 2);
}

TEST_CASE("stack table: numbers that were never given are empty stacks") {
  place(100, 1000);
  CHECK(stack_of(0).count == 0);
  CHECK(stack_of(50).count == 0);
  CHECK(stack_of(0xffffffff).count == 0);
}

TEST_CASE("stack table: when the stacks or the frames are full, it refuses and keeps what it has") {
  place(4, 1000);
  uint32_t numbers[6];
  for (uintptr_t i = 0; i < 6; ++i) numbers[i] = intern_stack(&i, 1);
  for (int i = 0; i < 6; ++i) CHECK((numbers[i] != 0) == (i < 4));
  place(100, 10);
  const std::vector<uintptr_t> six = {1, 2, 3, 4, 5, 6};
  const std::vector<uintptr_t> five = {1, 2, 3, 4, 5};
  const std::vector<uintptr_t> four = {1, 2, 3, 4};
  const uint32_t fits = intern_stack(six.data(), six.size());
  CHECK(fits != 0);
  CHECK(intern_stack(five.data(), five.size()) == 0);
  CHECK(intern_stack(four.data(), four.size()) != 0);  // what was refused took nothing
  CHECK(intern_stack(six.data(), six.size()) == fits);
  CHECK(frames_of(fits) == six);
}

TEST_CASE("stack table: threads that keep the same stacks agree") {
  place(20'000, 100'000);
  constexpr int kThreads = 8;
  constexpr uintptr_t kStacks = 1000;
  std::vector<std::vector<uint32_t>> numbers(kThreads, std::vector<uint32_t>(kStacks));
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      start.arrive_and_wait();
      for (uintptr_t i = 0; i < kStacks; ++i) {
        const uintptr_t frames[] = {i, i + 1, 7};
        numbers[thread][i] = intern_stack(frames, 3);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int thread = 1; thread < kThreads; ++thread) CHECK(numbers[thread] == numbers[0]);
  CHECK(std::set(numbers[0].begin(), numbers[0].end()).size() == kStacks);
  for (uintptr_t i = 0; i < kStacks; ++i) CHECK(frames_of(numbers[0][i]) == std::vector<uintptr_t>{i, i + 1, 7});
}
