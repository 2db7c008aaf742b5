#!/usr/bin/env bash
# guarded.sh GUARDED PLAIN NAME...: calls without a lock are silent, with one each is told once a place, in these words; what they
# return is always what it is in the plain program. A NAME is a regular expression.
. "${0%/*}/../scenario/support.sh"
guarded=$1 plain=$2
shift 2
"${launch[@]}" "$plain" free >"$folder/wanted"

run_program 0 "" "$guarded" free
no_errors
cmp "$folder/wanted" "$folder/output" || fail "results differ without a lock"

run_program 0 "" "$guarded" held
cmp "$folder/wanted" "$folder/output" || fail "results differ with a lock"
T='thread [^ ]+/[0-9]+'
places=0
for name; do
  wanted=1
  case $name in swapcontext | add_all) wanted=2 ;; esac # called at two places
  [ "$(grep -cE "^lockwrap: held-in-call: $T calls $name with \`accounts\` locked\.\$" "$folder/errors")" = $wanted ] ||
    fail "$name: not told once a place"
  places=$((places + wanted))
done
[ "$(grep -c '^lockwrap: ' "$folder/errors")" = $places ] || fail "something else was told"
[ "$(grep -cE '^  holds `accounts`, locked in begin_transfer \[0x' "$folder/errors")" = $places ] || fail "no place of the lock"
# The call's own place and stack: the stub is no frame of it.
grep -A5 'calls swapcontext ' "$folder/errors" | grep -A1 -E '^  called in switch_fiber' | grep -qE '^    from (call_all|main)' ||
  fail "the stack of swapcontext's caller is not told"
run_program 0 "on_misuse=off" "$guarded" held
no_errors
