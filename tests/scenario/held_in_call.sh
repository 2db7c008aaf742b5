#!/usr/bin/env bash
# held_in_call.sh PROGRAM: what a thread holds when it says that it should hold nothing is told in the words below, and nothing else.
. "${0%/*}/support.sh"
program=$1
looked_at=0
T='thread held_in_call/[0-9]+'
C='calls fiber switch with'

# tells NAME SENTENCE [LINE]...: one finding with these lines, which may be regular expressions.
tells() {
  run_program 0 "" "$program" "$1"
  one_finding "$1" "^lockwrap: held-in-call: $T $2\.\$" "${@:3}"
  looked_at=$((looked_at + 1))
}
# silent NAME: no held-in-call, though other things may be told.
silent() {
  run_program 0 "" "$program" "$1"
  ! grep -q held-in-call "$folder/errors" || fail "$1: told"
  looked_at=$((looked_at + 1))
}
A='^  holds `accounts`, locked in lock_accounts \[0x'
tells mutex "$C \`accounts\` locked" "$A" '^  called in switch_fiber \[0x' '^    from .*mutex'
tells two "$C \`accounts\` and 1 more lock locked" "$A" '^  holds `journal`, locked in .*two'
tells recursive "$C \`tree\` locked" '^  holds `tree`, locked in lock_tree'
[ "$(grep -c '^  holds' "$folder/errors")" = 1 ] || fail "recursive: more than one lock"
tells reader "$C \`prices\` locked" '^  holds `prices`, locked for reading in .*reader'
tells spin "$C \`ticks\` locked" '^  holds `ticks`, locked in .*spin'
tells custom "$C \`own_lock\` locked" '^  holds `own_lock`, locked in .*custom'
tells waited_for "$C \`accounts\` locked" "$A"
tells many "$C \`.*locks.*\` and 59 more locks locked" '^  and 52 more$'
[ "$(grep -c '^  holds' "$folder/errors")" = 8 ] || fail "many: not eight locks"
tells nameless "calls something that expects no locks with \`accounts\` locked" "$A"

run_program 0 "" "$program" two_places
[ "$(grep -c '^lockwrap: held-in-call: ' "$folder/errors")" = 2 ] || fail "two locks at one call are not told apart"
for name in nothing released_elsewhere taken_elsewhere unmapped paused in_child of_other_thread; do silent $name; done
[ "$("${launch[@]}" "$program" | wc -l)" = $((looked_at + 1)) ] || fail "something was not looked at"

# Counted with the misuses, told where they are, and the program ends if that is wanted.
run_program 134 "on_misuse=abort:report_at_exit=1" "$program" mutex
grep -q '^misuse of locks: 1 told' "$folder/errors" || fail "not counted before the abort"
run_program 0 "on_misuse=off" "$program" mutex
no_errors
run_program 0 "active=0" "$program" mutex
no_errors
run_program 0 "log=$folder/log" "$program" mutex
no_errors
grep -q '^lockwrap: held-in-call: ' "$folder/log" || fail "not in the log"
