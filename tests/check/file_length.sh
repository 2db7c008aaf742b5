#!/usr/bin/env bash
# No file of code is longer than 400 lines, the public header not longer than 150: what is longer does two things.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# check ROOT
check() {
  local offences=0 file lines most
  while read -r file; do
    case $file in
      *.md | LICENSE | *.svg | *.png | *.gz | *.pb) continue ;;
      */lockwrap.h) most=150 ;;
      *) most=400 ;;
    esac
    lines=$(wc -l <"$1/$file")
    [ "$lines" -le $most ] || { echo "$file: $lines lines, at most $most" && offences=1; }
  done < <(source_files "$1")
  return $offences
}

accepts check "$LOCKWRAP_SOURCE"

mkdir -p "$scratch/tree/runtime/include/lockwrap"
seq 401 >"$scratch/tree/runtime/hooks.cpp"
refuses "runtime/hooks.cpp: 401 lines" check "$scratch/tree"
seq 400 >"$scratch/tree/runtime/hooks.cpp"
accepts check "$scratch/tree"
seq 151 >"$scratch/tree/runtime/include/lockwrap/lockwrap.h"
refuses "lockwrap.h: 151 lines" check "$scratch/tree"
