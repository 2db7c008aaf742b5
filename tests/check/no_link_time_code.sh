#!/usr/bin/env bash
# The archive holds machine code, no link-time-optimisation code: gold and lld lose wrappers that arrive as that.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# check ARCHIVE
check() {
  local sections
  sections=$("$READELF" -SW "$1") || { echo "not an object file: $1" && return 1; } # LLVM's bitcode is none
  none grep -oE '\.(gnu\.lto_|gnu\.debuglto_|llvm\.lto)[^ ]*' <<<"$sections"
}

accepts check "$LOCKWRAP_ARCHIVE"

object machine 'int number(void) { return 1; }'
accepts check "$scratch/machine.o"
echo 'int number(void) { return 1; }' | "$CC" -flto -x c -c -o "$scratch/late.o" - 2>/dev/null
if "$READELF" -h "$scratch/late.o" >/dev/null 2>&1; then
  refuses ".gnu.lto_" check "$scratch/late.o"
else
  refuses "not an object file" check "$scratch/late.o"
fi
