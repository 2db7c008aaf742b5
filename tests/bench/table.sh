#!/usr/bin/env bash
# `run` prints a number in each cell of its table and a verdict on each target.
# shellcheck source=tests/bench/measure.sh
source "$(dirname "$0")/measure.sh"
text=$scratch/text
"$(dirname "$0")/run" --quick --no-build --build-dir "$BENCH_BUILD" >"$text"
cat "$text"

failed=0
# expect COUNT PATTERN: so many lines match.
expect() {
  local found
  found=$(grep -cE -- "$2" "$text") || true
  [ "$found" -eq "$1" ] || { echo "expected $1 lines like this, found $found: $2" && failed=1; }
}
number='[0-9]+\.[0-9]+'
row="^[^|]+\|( +$number +$number +$number \|){${#variants[@]}} $number"
expect ${#workloads[@]} "$row$"
expect ${#workloads[@]} "$row \($number-$number\)$"
expect 13 "^  (met|NOT MET|-) +.+(, at most [0-9.]+|is not installed)$"
expect 0 '(nan|inf)'
! command -v valgrind >/dev/null || expect ${#counted_workloads[@]} "^[^|]+\|( +$number +\|){${#variants[@]}}$"

# refuses WHAT COMMAND...: it fails with exit code 2.
refuses() {
  local code=0
  "${@:2}" >/dev/null 2>&1 || code=$?
  [ $code -eq 2 ] || { echo "$1: exit code $code instead of 2" && failed=1; }
}
refuses "an unknown option" "$(dirname "$0")/run" --fast
refuses "rounds that are no number" "$(dirname "$0")/run" --rounds many
refuses "a value that is missing" "$(dirname "$0")/run" --rounds
exit $failed
