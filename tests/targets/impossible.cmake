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
impossible("armv7hf|riscv64" "scenario.a finding of a static-pie program is symbolised" "glibc has no rcrt1.o for -static-pie there")
impossible("armv7hf|riscv64" "wrap.the trap for allocations inside hooks shuts" "gcc's unwinder does not get out of a signal handler there")

# target_problem(NAME OUT): the reason why the test NAME is not for this target, or nothing.
function(target_problem name out)
  set(${out} "" PARENT_SCOPE)
  list(FIND impossible_names "${name}" index)
  if(NOT index EQUAL -1)
    list(GET impossible_reasons ${index} reason)
    set(${out} "${reason}" PARENT_SCOPE)
  endif()
endfunction()
