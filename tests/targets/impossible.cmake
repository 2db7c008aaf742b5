# What cannot be tested on a target, test by test, and why. Each of these was tried.
set(impossible_names "")
set(impossible_reasons "")

# impossible(TARGETS NAME REASON): TARGETS is a regular expression, NAME a test's name without its label.
macro(impossible targets name reason)
  if("${LOCKWRAP_TEST_TARGET}" MATCHES "^(${targets})$")
    list(APPEND impossible_names "${name}")
    list(APPEND impossible_reasons "${reason}")
  endif()
endmacro()

set(emulated "aarch64|armv7hf|riscv64")
impossible("${emulated}" "wrap.a robust mutex of a dead owner stays held" "qemu-user does not tell the next owner that the last one died")
impossible("${emulated}" "scenario.a set-user-ID program ignores the options" "the program would be the emulator that has no such bit")
impossible("${emulated}" "scenario.a small CPU quota is nobody's fault" "qemu-user takes most of the processor time that the quota gives")
impossible("${emulated}" "scenario.the waited time is what the threads measured"
  "a call takes long when qemu-user translates its code, and the program takes that for a wait")
impossible("armv7hf|riscv64" "scenario.a finding of a static-pie program is symbolised" "glibc has no rcrt1.o for -static-pie there")
impossible("armv7hf|riscv64" "wrap.the trap for allocations inside hooks shuts" "the unwinder of gcc does not get out of a signal handler there")
impossible("riscv64" "wrap.signal handlers may take locks" "under qemu-user the plain program finds its mutexes broken, too, now and then")
impossible("riscv64" "conformance.wrapped says what plain says"
  "qemu-user breaks the plain program, too, in about one run of four; by hand: tests/conformance/compare.sh with LOCKWRAP_TEST_EMULATOR")
impossible("musl" "wrap.return codes of all mutex kinds are libc's" "the kinds are those of glibc; the conformance tests have those of musl")
impossible("musl" "wrap.a mutex that another thread unlocks is forgotten" "musl notes no owner, so nothing tells that it was unlocked")

# armv7: the unwind tables of its compilers are no .eh_frame, and there is no chain of frame pointers: a stack is the place of the call.
foreach(name IN ITEMS
    "guard.calls with a lock held are told, and return what they do" "scenario.each class of the C++ library is seen"
    "scenario.each misuse is told, its correct twin is not" "scenario.locks held where none should be are told"
    "scenario.a finding of a static program is symbolised" "scenario.a holder that is stuck tells its stacks when they are asked for"
    "scenario.taking the mutex again after a condition wait is contention" "scenario.every primitive is seen, waits for events apart"
    "scenario.stacks are full with -fomit-frame-pointer" "scenario.stacks are full with -fomit-frame-pointer and alloca"
    "scenario.stacks are full with -fno-omit-frame-pointer" "scenario.stacks are full with -fno-omit-frame-pointer and alloca")
  impossible("armv7hf" "${name}" "it looks at the callers on stacks, which are not walked on armv7")
endforeach()
impossible("armv7hf" "scenario.a reader behind a waiting writer gives up, or the writer" "32 bits of a held lock do not tell readers from writers")
impossible("armv7hf" "scenario.locks are named by variable, by name, by origin" "a mutex of 32 bits has no word for who initialised it")
impossible("armv7hf" "scenario.weak evidence of lock orders is told when it is asked for" "it is of locks that only words of their own tell apart")

# target_problem(NAME OUT): the reason why the test NAME is not for this target, or nothing.
function(target_problem name out)
  set(${out} "" PARENT_SCOPE)
  list(FIND impossible_names "${name}" index)
  if(NOT index EQUAL -1)
    list(GET impossible_reasons ${index} reason)
    set(${out} "${reason}" PARENT_SCOPE)
  endif()
endfunction()
