#!/usr/bin/env bash
# run_case.sh PROGRAM NAME CLASS EXPECTED: runs one program of the table and prints what was told of it, separated by tabs:
# NAME, CLASS, EXPECTED, the kinds told (`lock-order x2` if twice) or `silent`, after how many ms (of programs that lock up), ok or WRONG
# and why. LOCKWRAP_OPTIONS is passed on.
set -euo pipefail
. "${0%/*}/../../targets/launch.sh"
program=$1 name=$2 class=$3 expected=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

seconds=10
[ "$expected" != silent ] || seconds=3
[[ $expected != *stuck ]] || LOCKWRAP_OPTIONS=${LOCKWRAP_OPTIONS:+$LOCKWRAP_OPTIONS:}stuck_after_ms=1000
status=0
LOCKWRAP_OPTIONS=${LOCKWRAP_OPTIONS:-} LOCKWRAP_FINDINGS_SECONDS=${LOCKWRAP_FINDINGS_SECONDS:-$seconds} \
  timeout -s KILL 30 "${launch[@]}" "$program" "$name" >"$folder/output" 2>"$folder/errors" </dev/null || status=$?

kinds='deadlock|lock-order|stuck|misuse|held-in-call'
told=$(sed -nE "s/^lockwrap: ($kinds): .*/\1/p" "$folder/errors" | LC_ALL=C sort | uniq -c |
  awk '{ printf "%s%s%s", (NR > 1 ? ", " : ""), $2, ($1 > 1 ? " x" $1 : "") }')
after=$(sed -n 's/^told after \([0-9]*\) ms$/\1/p' "$folder/output" | head -n 1)

verdict=ok
distinct=$(sed -E 's/ x[0-9]+//g' <<<"$told")
case $expected in
  # Two orders were seen before they met: telling them, too, is right.
  deadlock) [[ $distinct =~ ^deadlock(,\ lock-order)?$ ]] || verdict="WRONG: should be deadlock" ;;
  silent) [ -z "$told" ] || verdict="WRONG: nothing to tell" ;;
  *) [ "${distinct// /}" = "$expected" ] || verdict="WRONG: should be $expected" ;;
esac
# A finding is a line, indented lines and an empty one.
if [ -s "$folder/errors" ] && [ -n "$(tail -n 1 "$folder/errors")" ]; then verdict="WRONG: no empty line at the end"; fi
if other=$(grep -vE "^lockwrap: ($kinds): |^  |^\$" "$folder/errors"); then verdict="WRONG: it said ${other%%$'\n'*}"; fi
[ "$status" = 0 ] || verdict="WRONG: ended with $status"
[ "$status" != 77 ] || verdict=$(grep -m 1 '^skipped: ' "$folder/output")
printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$class" "$expected" "${told:-silent}" "$after" "$verdict"
