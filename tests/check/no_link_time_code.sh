#!/usr/bin/env bash
# The archive holds machine code, no link-time-optimisation code: gold and lld lose wrappers that arrive as that.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# check ARCHIVE
check() {
  local sections
  sections=$("$READELF" -SW "$1" 2>/dev/null) || true
  # LLVM's bitcode has no sections at all.
  grep -q '\.symtab' <<<"$sections" || { echo "$1: no machine code" && return 1; }
  none sed -nE "s,.*\.(gnu\.lto_|gnu\.debuglto_|llvm\.lto).*,$1: .\1,p" <<<"$sections"
}

accepts check "$LOCKWRAP_ARCHIVE"

object machine 'int number(void) { return 1; }'
accepts check "$scratch/machine.o"
echo 'int number(void) { return 1; }' | "$CC" -flto -x c -c -o "$scratch/late.o" - 2>/dev/null
refuses "late.o: " check "$scratch/late.o"
