#!/usr/bin/env bash
# The archive adds at most 152 KiB of code, constants and unwind tables to a stripped static C program. The twin that it is
# compared with has the same functions of libc, since every service has them anyway, and the same index of its own unwind
# tables (.eh_frame_hdr, which our link flags ask for): that one grows with the program, not with the archive, and is
# printed by itself.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"
most_bytes=155648

# code_bytes ARGUMENT...: code, constants and unwind tables of the stripped program linked with the arguments.
code_bytes() {
  rm -f "$scratch/program"
  "$CC" -static -s "$scratch/main.o" "$@" -o "$scratch/program" &&
    "$SIZE" "$scratch/program" | awk 'NR == 2 { print $1 }'
}

# check ARCHIVE ARGUMENT...: the arguments pull the archive into the program.
check() {
  local name bare twin with libc=()
  for name in $("$NM" -P -u "$1" | awk '$2 == "U" { print $1 }' | sort -u); do libc+=("-Wl,-u,${name#__real_}"); done
  bare=$(code_bytes "${libc[@]}") || return 1
  twin=$(code_bytes "${libc[@]}" -Wl,--eh-frame-hdr) || return 1
  with=$(code_bytes "${libc[@]}" -Wl,--eh-frame-hdr "${@:2}" "$1") || return 1
  echo "the archive: $((with - twin)) bytes, at most $most_bytes; the index of the program's own unwind tables: $((twin - bare))"
  [ $((with - twin)) -le $most_bytes ]
}

object main 'int main(void) { return 0; }'
accepts check "$LOCKWRAP_ARCHIVE" "@$LOCKWRAP_FLAGS_FILE"
cat "$scratch/offences"

object big 'const char big[160000] = {1};'
refuses "at most" check "$scratch/big.o"
object small 'const char small[130000] = {1};'
accepts check "$scratch/small.o"
