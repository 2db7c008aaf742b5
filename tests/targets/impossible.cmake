# What cannot be tested on a target, test by test, and why. Each of these was tried.
# impossible(TARGETS NAME REASON): TARGETS is a regular expression, NAME a test's name without its label.
macro(impossible targets name reason)
  if("${LOCKWRAP_TEST_TARGET}" MATCHES "^(${targets})$")
    set_property(GLOBAL PROPERTY "impossible ${name}" "${reason}") # not a list: there may be a semicolon in it
  endif()
endmacro()

set(emulated "aarch64|armv7hf|riscv64")
impossible("${emulated}" "wrap.a robust mutex of a dead owner stays held" "qemu-user does not tell the next owner that the last one died")
impossible("${emulated}" "scenario.a set-user-ID program ignores the options" "the program would be the emulator that has no such bit")
impossible("${emulated}" "scenario.a small CPU quota is nobody's fault" "qemu-user takes most of the processor time that the quota gives")
impossible("${emulated}" "scenario.the waited time is what the threads measured"
  "a call takes long when qemu-user translates its code, and the program takes that for a wait")
impossible("${emulated}" "scenario.a program with little address space keeps it" "the address space that is limited is the emulator's")
impossible("${emulated}" "scenario.without timeline_kb there is no timeline" "the memory that is looked at is the emulator's")
impossible("${emulated}" "scenario.the locks of a running program are shown, and it goes on" "the process that is looked at is the emulator")
impossible("armv7hf|riscv64" "scenario.a finding of a static-pie program is symbolised" "glibc has no rcrt1.o for -static-pie there")
impossible("armv7hf|riscv64" "wrap.the trap for allocations inside hooks shuts" "the unwinder of gcc does not get out of a signal handler there")
impossible("riscv64" "wrap.signal handlers may take locks" "under qemu-user the plain program finds its mutexes broken, too, now and then")
impossible("riscv64" "conformance.wrapped says what plain says"
  "qemu-user breaks the plain program, too, in about one run of four; by hand: tests/conformance/compare.sh with LOCKWRAP_TEST_EMULATOR")
impossible("musl" "wrap.return codes of all mutex kinds are libc's" "the kinds are those of glibc; the conformance tests have those of musl")
impossible("musl" "wrap.a mutex that another thread unlocks is forgotten" "musl notes no owner, so nothing tells that it was unlocked")
impossible("musl" "scenario.a reader behind a waiting writer gives up, or the writer" "musl's readers-writer locks prefer readers")
foreach(name IN ITEMS "scenario.each misuse is told, its correct twin is not" "scenario.locks held where none should be are told"
    "scenario.findings are handled, suppressed and counted")
  impossible("musl" "${name}" "musl notes no owner in its normal mutexes, and without one no misuse and no call with a lock held is told")
endforeach()
foreach(name IN ITEMS "wrap.the trap for allocations inside hooks shuts"
    "scenario.a holder that is stuck tells its stacks when they are asked for" "scenario.a worker that does not show itself alive is told")
  impossible("musl" "${name}" "musl's own code has no unwind tables: nothing walks from a system call to who made it")
endforeach()
foreach(name IN ITEMS "scenario.a timeline has the waits that the threads measured" "scenario.a ring keeps the newest waits and counts the others"
    "scenario.a timeline shows the wait that a program hangs in")
  impossible("musl" "${name}" "it looks at who holds the mutex that is waited for, which musl does not note")
endforeach()
impossible("musl" "scenario.taking the mutex again after a condition wait is contention"
  "musl takes the mutex again by a name that the program uses too, inside the wait: it is not told apart")

# armv7: the unwind tables of its compilers are no .eh_frame, and there is no chain of frame pointers: a stack is the place of the call.
foreach(name IN ITEMS
    "guard.calls with a lock held are told, and return what they do"
    "scenario.a finding of a static program is symbolised" "scenario.a holder that is stuck tells its stacks when they are asked for"
    "scenario.taking the mutex again after a condition wait is contention" "scenario.a timeline that is written under load has no torn event"
    "scenario.stacks are full with -fomit-frame-pointer" "scenario.stacks are full with -fomit-frame-pointer and alloca"
    "scenario.stacks are full with -fno-omit-frame-pointer" "scenario.stacks are full with -fno-omit-frame-pointer and alloca")
  impossible("armv7hf" "${name}" "it looks at the callers on stacks, which are not walked on armv7")
endforeach()
set(of_32_bits "armv7hf|i686")
foreach(name IN ITEMS "scenario.a reader behind a waiting writer gives up, or the writer" "scenario.each class of the C++ library is seen"
    "scenario.each misuse is told, its correct twin is not" "scenario.locks held where none should be are told"
    "scenario.every primitive is seen, waits for events apart")
  impossible("${of_32_bits}" "${name}" "32 bits of a held lock do not tell readers from writers")
endforeach()
impossible("${of_32_bits}" "scenario.locks are named by variable, by name, by origin" "a mutex of 32 bits has no word for who initialised it")
impossible("${of_32_bits}" "scenario.weak evidence of lock orders is told when it is asked for" "it is of locks that only words of their own tell apart")
impossible("i686" "scenario.a holder that is stuck tells its stacks when they are asked for"
  "a thread in a system call stands in code of the kernel's, whose unwind tables are not the program's")

# target_problem(NAME OUT): the reason why the test NAME is not for this target, or nothing.
function(target_problem name out)
  get_property(reason GLOBAL PROPERTY "impossible ${name}")
  set(${out} "${reason}" PARENT_SCOPE)
endfunction()
