// Work under the processor's trap flag: SIGTRAP after each single instruction, so that no place is left out where a signal may come.
#pragma once

#if defined(__x86_64__)
// Not a single step of other threads; and none of what the test itself does between.
template <class Work>
__attribute__((noinline)) void step_through(Work work) {
  asm volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf" ::: "cc", "memory");
  work();
  asm volatile("pushf\n\tandq $~0x100, (%%rsp)\n\tpopf" ::: "cc", "memory");
}
#endif
