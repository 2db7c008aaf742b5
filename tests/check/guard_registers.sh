#!/usr/bin/env bash
# lockwrap_runtime_may_hold leaves the vector registers alone, in which the arguments of a guarded call are, and calls nothing that might
# not: the stubs rely on it.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# check OBJECT: the instructions of the function.
check() {
  local code
  code=$("$OBJDUMP" -d --no-show-raw-insn --disassemble=lockwrap_runtime_may_hold "$1" | grep -E '^ *[0-9a-f]+:' | cut -f2- |
    sed -E 's/[0-9a-f]+ <([^>]*)>/<\1>/')
  [ -n "$code" ] || { echo "$1: no such function" && return 1; }
  none grep -E '^(call|bl|blr|jal|jalr)[[:space:]]|%[xyz]mm|[[:space:],{][vqds][0-9]+([^0-9]|$)' <<<"$code"
}

accepts check "$LOCKWRAP_ARCHIVE"

object calls 'int other(void); int lockwrap_runtime_may_hold(void) { return other() + 1; }'
refuses "<" check "$scratch/calls.o"
object floats 'double seen; int lockwrap_runtime_may_hold(double of) { seen = of; return 1; }'
refuses "0" check "$scratch/floats.o"
object good 'int seen; int lockwrap_runtime_may_hold(int of) { seen = of; return 1; }'
accepts check "$scratch/good.o"
