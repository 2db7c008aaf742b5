// See the header. Compiled without frame pointers, inlining and tail calls.
#include "stack_shapes.h"

#include <alloca.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

uintptr_t noted[kMostNoted];
size_t noted_count;

namespace {

struct Request {
  const unsigned char* shapes;
  size_t depth;
  size_t capacity;
  Captured* captured;
};

#define NOTE_RETURN() (noted[noted_count++] = reinterpret_cast<uintptr_t>(__builtin_return_address(0)))

__attribute__((noinline)) int next(const Request& request);

// Compilers must believe that the memory is used.
void use(void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

__attribute__((noinline)) void update(uintptr_t site, lockwrap::stack::LastStack& stack) {
  lockwrap::stack::update_stack(site, stack);
  use(&stack);  // not the last instruction
}

// The frames are spoilt between two updates from one place: the second one mends them if it walks.
void update_twice(uintptr_t site, Captured& captured) {
  lockwrap::stack::LastStack& stack = *captured.remembered;
  void (*volatile call)(uintptr_t, lockwrap::stack::LastStack&) = update;
  uintptr_t first_frame = 0;
  int rounds = 2;
  do {
    call(site, stack);
    first_frame = stack.frames[0] == 1 ? first_frame : stack.frames[0];
    captured.compared = stack.frames[0] == 1;
    stack.frames[0] = 1;
    asm volatile("" : "+r"(rounds));  // the loop is not unrolled: the calls are one place
  } while (--rounds);
  stack.frames[0] = first_frame;
}

__attribute__((noinline)) int capture(const Request& request) {
  const auto site = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  if (request.captured->remembered) update_twice(site, *request.captured);
  request.captured->frames[0] = site;
  request.captured->count =
      lockwrap::stack::capture_stack(site, request.captured->frames, request.capacity, request.captured->cut);
  noted[noted_count++] = site;
  return static_cast<int>(request.captured->count);
}

__attribute__((noinline)) int plain(const Request& request) {
  NOTE_RETURN();
  return next(request) + 1;
}

__attribute__((noinline)) int large_frame(const Request& request) {
  NOTE_RETURN();
  char room[5000];
  use(room);
  return next(request) + room[17];
}

__attribute__((noinline)) int with_alloca(const Request& request) {
  NOTE_RETURN();
  char* room = static_cast<char*>(alloca(request.depth * 16 + 40));
  use(room);
  return next(request) + room[3];
}

__attribute__((noinline)) int with_array_of_any_length(const Request& request) {
  NOTE_RETURN();
  size_t bytes = request.depth * 8 + 24;
  asm volatile("" : "+r"(bytes));
  __extension__ char room[bytes];
  use(room);
  const int result = next(request);
  use(room);
  return result + room[1];
}

__attribute__((noinline)) int realigned(const Request& request) {
  NOTE_RETURN();
  alignas(128) char room[256];
  use(room);
  return next(request) + room[5];
}

__attribute__((noinline)) int realigned_with_alloca(const Request& request) {
  NOTE_RETURN();
  alignas(64) char room[64];
  use(room);
  char* more = static_cast<char*>(alloca(request.depth * 8 + 8));
  use(more);
  return next(request) + room[1] + more[2];
}

// All registers that a callee must keep, the frame pointer's too, hold values of its own.
__attribute__((noinline)) int many_registers(const Request& request) {
  NOTE_RETURN();
  long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
  const int result = next(request);
  asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
  return result + static_cast<int>(a + b * c + d * e + f);
}

__attribute__((noinline)) int with_stack_arguments(long a, long b, long c, long d, long e, long f, long g, long h,
                                                   const Request& request) {
  NOTE_RETURN();
  return next(request) + static_cast<int>(a + b + c + d + e + f + g + h);
}

__attribute__((noinline)) int many_arguments(const Request& request) {
  NOTE_RETURN();
  return with_stack_arguments(1, 2, 3, 4, 5, 6, 7, static_cast<long>(request.depth), request) + 1;
}

using Shape = int (*)(const Request&);
Shape volatile shapes[kShapes] = {plain,          large_frame,    with_alloca,           with_array_of_any_length,
                                  realigned,      many_registers, realigned_with_alloca, many_arguments};

__attribute__((noinline)) int next(const Request& request) {
  NOTE_RETURN();
  if (!request.depth) return capture(request) + 1;
  const Request rest{request.shapes + 1, request.depth - 1, request.capacity, request.captured};
  return shapes[*request.shapes % kShapes](rest) + 1;
}

jmp_buf way_out;

[[noreturn]] __attribute__((noinline)) void capture_and_leave(const Request& request) {
  NOTE_RETURN();
  capture(request);
  longjmp(way_out, 1);
}

// The call is the last instruction: its return address lies in the next function.
[[noreturn]] __attribute__((noinline)) void end_in_a_call(const Request& request) {
  NOTE_RETURN();
  char room[1000];
  use(room);
  capture_and_leave(request);
}

}  // namespace

extern "C" int run_to_the_end(size_t capacity, Captured& captured) {
  noted_count = 0;
  NOTE_RETURN();
  if (setjmp(way_out) == 0) end_in_a_call({nullptr, 0, capacity, &captured});
  return 1;
}

extern "C" int run_shapes(const unsigned char* shapes_of_levels, size_t depth, size_t capacity, Captured& captured) {
  noted_count = 0;
  NOTE_RETURN();
  return next({shapes_of_levels, depth, capacity, &captured}) + 1;
}
