#!/usr/bin/env bash
# expect.sh [--stripped] EXIT_STATUS PROGRAM TEXT...: `lockwrap check PROGRAM` ends so and says each TEXT, where several spaces count as one;
# what begins with ! it does not say. With --stripped, a stripped copy is checked. An error is one line on stderr, anything else says nothing there.
# From CMake: LOCKWRAP_COMMAND, STRIP.
set -euo pipefail
: "${LOCKWRAP_COMMAND:?run this through ctest}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

is_stripped=no
if [ "$1" = --stripped ]; then
  is_stripped=yes
  shift
fi
wanted=$1 program=$2
shift 2
if [ $is_stripped = yes ]; then
  "$STRIP" -o "$folder/program" "$program"
  program=$folder/program
fi

status=0
"$LOCKWRAP_COMMAND" check "$program" >"$folder/text" 2>"$folder/errors" || status=$?
tr -s ' ' <"$folder/text" >"$folder/said"
complain() {
  printf '%s\n' "$1"
  cat "$folder/said" "$folder/errors"
  exit 1
}
[ "$status" -eq "$wanted" ] || complain "ended with $status, not with $wanted:"
if [ "$status" -eq 2 ]; then
  [ ! -s "$folder/said" ] && [ "$(wc -l <"$folder/errors")" -eq 1 ] || complain "an error is one line on stderr:"
else
  [ ! -s "$folder/errors" ] || complain "something is on stderr:"
fi
for text; do
  if [ "${text#!}" != "$text" ]; then
    ! grep -qF -- "${text#!}" "$folder/said" "$folder/errors" || complain "it says '${text#!}':"
  else
    grep -qF -- "$text" "$folder/said" "$folder/errors" || complain "it does not say '$text':"
  fi
done
