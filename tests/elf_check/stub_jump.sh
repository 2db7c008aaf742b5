#!/usr/bin/env bash
# stub_jump.sh PROGRAM: GNU ld jumps over its own stubs, in an aarch64 program, to whatever function is behind them. PROGRAM is a static one; in
# a stripped copy, where nothing says whose code it is, such a jump to a wrapped function is put. From CMake: LOCKWRAP_COMMAND, STRIP.
set -euo pipefail
: "${LOCKWRAP_COMMAND:?run this through ctest}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
program=$1

# symbol NAME: its address.
symbol() { printf '%d\n' "0x$(readelf -sW "$program" | awk -v name="$1" '$8 == name { print $2; exit }')"; }
target=$(symbol pthread_mutex_lock)
read -r offset address size < <(readelf -lW "$program" | awk '$1 == "LOAD" && / R E / { print $2, $3, $5; exit }')
# word NUMBER: as four bytes of an instruction.
word() { printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
# untold WORD WORD WORD WORD: how many calls cannot be told with these at $site.
untold() {
  "$STRIP" -o "$folder/program" "$program"
  local word
  for word; do word "$word"; done | dd of="$folder/program" bs=1 seek=$((offset + site - address)) conv=notrunc status=none
  "$LOCKWRAP_COMMAND" check --json "$folder/program" >"$folder/said" || true
  sed -nE 's/^ *"untold_calls": ([0-9]+).*/\1/p' "$folder/said"
}
nop=$((0xd503201f)) load=$((0xf942ec42)) back=$((0x17ffffab))
# Not everywhere: libc's own functions may call it.
for pages in 8 16 24 32 40 48; do
  site=$((target - 4096 * pages)) over=$((0x14000000 | 1024 * pages))
  ((site > address && target < address + size)) || break
  without=$(untold $nop $nop $nop $nop)
  jump=$(untold $over $nop $load $nop)
  [ -n "$without" ] && [ "$jump" -eq $((without + 1)) ] || continue
  stub=$(untold $over $nop $load $back)
  [ "$stub" -eq "$without" ] && exit 0
  echo "the linker's jump over its stubs is taken for a call: '$without' without it, '$stub' with it"
  exit 1
done
echo "a jump to pthread_mutex_lock is seen nowhere"
exit 1
