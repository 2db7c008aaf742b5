/* In the place of lockwrap's runtime: functions that spoil every register that a function may spoil. may_hold leaves those of floats
 * alone, as it is promised. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int held, looks;

#if defined(__x86_64__)
#define SPOIL_WHOLE()                                                                                               \
  __asm__ volatile("mov $-1, %%rax\n mov %%rax, %%rcx\n mov %%rax, %%rdx\n mov %%rax, %%rsi\n mov %%rax, %%rdi\n"   \
                   "mov %%rax, %%r8\n mov %%rax, %%r9\n mov %%rax, %%r10\n mov %%rax, %%r11" ::                      \
                       : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory")
#define SPOIL_SSE(n) "pcmpeqd %%xmm" #n ", %%xmm" #n "\n"
static void spoil_floats(void) {
  __asm__ volatile(SPOIL_SSE(0) SPOIL_SSE(1) SPOIL_SSE(2) SPOIL_SSE(3) SPOIL_SSE(4) SPOIL_SSE(5) SPOIL_SSE(6) SPOIL_SSE(7)
                       SPOIL_SSE(8) SPOIL_SSE(9) SPOIL_SSE(10) SPOIL_SSE(11) SPOIL_SSE(12) SPOIL_SSE(13) SPOIL_SSE(14)
                           SPOIL_SSE(15)::
                           : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                             "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  if (__builtin_cpu_supports("avx")) __asm__ volatile("vzeroupper");
}
#elif defined(__i386__)
#define SPOIL_WHOLE() __asm__ volatile("mov $-1, %%eax\n mov %%eax, %%ecx\n mov %%eax, %%edx" ::: "eax", "ecx", "edx", "cc", "memory")
#define SPOIL_SSE(n) "pcmpeqd %%xmm" #n ", %%xmm" #n "\n"
static void spoil_floats(void) {
  if (__builtin_cpu_supports("sse2")) {
    __asm__ volatile(SPOIL_SSE(0) SPOIL_SSE(1) SPOIL_SSE(2) SPOIL_SSE(3) SPOIL_SSE(4) SPOIL_SSE(5) SPOIL_SSE(6) SPOIL_SSE(7)::
                         : "memory"); /* the compiler itself uses none */
  }
  if (__builtin_cpu_supports("avx")) __asm__ volatile("vzeroupper");
}
#elif defined(__aarch64__)
#define SPOIL_WHOLE()                                                                                                  \
  __asm__ volatile("mov x0, #-1\n mov x1, x0\n mov x2, x0\n mov x3, x0\n mov x4, x0\n mov x5, x0\n mov x6, x0\n"       \
                   "mov x7, x0\n mov x8, x0\n mov x9, x0\n mov x10, x0\n mov x11, x0\n mov x12, x0\n mov x13, x0\n"    \
                   "mov x14, x0\n mov x15, x0\n mov x16, x0\n mov x17, x0\n mov x18, x0" ::                            \
                       : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",       \
                         "x14", "x15", "x16", "x17", "x18", "cc", "memory")
#define SPOIL_VECTOR(n) "movi v" #n ".16b, #255\n"
static void spoil_floats(void) {
  __asm__ volatile(SPOIL_VECTOR(0) SPOIL_VECTOR(1) SPOIL_VECTOR(2) SPOIL_VECTOR(3) SPOIL_VECTOR(4) SPOIL_VECTOR(5)
                       SPOIL_VECTOR(6) SPOIL_VECTOR(7) SPOIL_VECTOR(16) SPOIL_VECTOR(17) SPOIL_VECTOR(31)::
                           : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v31");
}
#elif defined(__arm__)
#define SPOIL_WHOLE()                                                                                   \
  __asm__ volatile("mvn r0, #0\n mov r1, r0\n mov r2, r0\n mov r3, r0\n mov ip, r0\n mov lr, r0" ::    \
                       : "r0", "r1", "r2", "r3", "ip", "lr", "cc", "memory")
#define SPOIL_VECTOR(n) "vmov.i8 d" #n ", #255\n"
static void spoil_floats(void) {
  __asm__ volatile(".fpu neon\n" SPOIL_VECTOR(0) SPOIL_VECTOR(1) SPOIL_VECTOR(2) SPOIL_VECTOR(3) SPOIL_VECTOR(4) SPOIL_VECTOR(5)
                       SPOIL_VECTOR(6) SPOIL_VECTOR(7)::
                           : "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7");
}
#elif defined(__riscv)
#define SPOIL_WHOLE()                                                                                                       \
  __asm__ volatile("li a0, -1\n mv a1, a0\n mv a2, a0\n mv a3, a0\n mv a4, a0\n mv a5, a0\n mv a6, a0\n mv a7, a0\n"         \
                   "mv t0, a0\n mv t1, a0\n mv t2, a0\n mv t3, a0\n mv t4, a0\n mv t5, a0\n mv t6, a0\n mv ra, a0" ::        \
                       : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "ra",     \
                         "memory")
#define SPOIL_VECTOR(n) "fmv.d.x fa" #n ", a0\n"
static void spoil_floats(void) {
  __asm__ volatile("li a0, -1\n" SPOIL_VECTOR(0) SPOIL_VECTOR(1) SPOIL_VECTOR(2) SPOIL_VECTOR(3) SPOIL_VECTOR(4)
                       SPOIL_VECTOR(5) SPOIL_VECTOR(6) SPOIL_VECTOR(7)::
                           : "a0", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7");
}
#endif

/* A stack that is not aligned as the convention wants it would not do for the runtime. */
static void check_stack(void) {
#if defined(__arm__)
  const uintptr_t alignment = 8;
#else
  const uintptr_t alignment = 16;
#endif
  uintptr_t stack;
#if defined(__x86_64__)
  stack = (uintptr_t)__builtin_frame_address(0);
#elif defined(__i386__)
  stack = (uintptr_t)__builtin_frame_address(0) + 8; /* the frame begins with ebp and the way back */
#elif defined(__riscv)
  __asm__ volatile("mv %0, sp" : "=r"(stack));
#else
  __asm__ volatile("mov %0, sp" : "=r"(stack));
#endif
  if (stack % alignment != 0) abort();
}

int lockwrap_runtime_may_hold(uintptr_t site) {
  check_stack();
  if (site == 0) abort();
  SPOIL_WHOLE();
  return held;
}

void lockwrap_runtime_guard(const char *call, uintptr_t site) {
  check_stack();
  if (site == 0 || strncmp(call, "add_", 4) * strncmp(call, "make_", 5) * strcmp(call, "mix") * strcmp(call, "jump") != 0) abort();
  ++looks;
  spoil_floats();
  SPOIL_WHOLE();
}
