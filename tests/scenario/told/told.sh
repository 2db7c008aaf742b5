#!/usr/bin/env bash
# told.sh PROGRAM: findings reach the program's handler, or are kept back by suppressions and counted; a dump tells who waits for whom.
. "${0%/*}/../support.sh"
program=$1
export TOLD_SUPPRESSIONS=
told() { grep -oE '^lockwrap: (lock-order|misuse)' "$folder/errors" | tr '\n' ' ' || true; }

# expect OPTIONS TOLD: and the handler is called for the lock order, if that is told.
expect() {
  run_program 0 "$1" "$program"
  [ "$(told)" = "$2" ] || fail "told '$(told)', not '$2', with $1 and '$TOLD_SUPPRESSIONS'"
  if [[ $2 == *lock-order* ]]; then
    [ "$(cat "$folder/output")" = "handled lock-order, 7, begins well: 1" ] || fail "not handled as it should be"
  else
    [ ! -s "$folder/output" ] || fail "handled what was not told"
  fi
}
both='lockwrap: lock-order lockwrap: misuse '
expect "" "$both"
expect "lock_order=0" "lockwrap: misuse "
printf '# known\n\n  order:audit  \n' >"$folder/list"
expect "suppressions=$folder/list" "lockwrap: misuse "
printf 'order:no_such\nmisuse:audit\nlock:acc\n' >"$folder/list"
expect "suppressions=$folder/list" "$both"
printf 'lock:acc*\nmisuse:ma*n\n' >"$folder/list"
expect "suppressions=$folder/list:report_at_exit=1" ""
grep -qx 'suppressed: 2 findings' "$folder/errors" || fail "what was suppressed is not counted"
TOLD_SUPPRESSIONS=$'lock:journal\nlock:gate' expect "" ""

# Bad lists are told, and the rest of them holds.
printf 'order:audit\nnonsense\n' >"$folder/list"
expect "suppressions=$folder/list" "lockwrap: misuse "
grep -q "^lockwrap: suppressions of $folder/list: not KIND:FUNCTION or lock:NAME .*: 'nonsense'$" "$folder/errors" || fail "a bad line is not told"
expect "suppressions=$folder/none" "$both"
grep -q "^lockwrap: suppressions of $folder/none: the file cannot be read; nothing is suppressed by it$" "$folder/errors" ||
  fail "a missing list is not told"

run_program 134 "on_deadlock=abort:lock_order_abort=1" "$program"
[ "$(told)" = "lockwrap: lock-order " ] || fail "the program went on after a lock order that is to end it"

run_program 0 "" "$program" dump
no_errors
grep -qE '^  thread told/[0-9]+ waits for `gate` \(mutex\), since [0-9.]+ [a-z]+, held by told/[0-9]+, in pass_gate \[0x[0-9a-f]+\]$' "$folder/output" ||
  fail "the dump does not tell who waits for whom"
