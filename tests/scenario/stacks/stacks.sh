#!/usr/bin/env bash
# stacks.sh PROGRAM: the stacks of a holder that is told as stuck: none by default, those that are asked for, and no harm done.
. "${0%/*}/../support.sh"
program=$1

# tell HOW OPTIONS: the finding in $folder/errors, names instead of addresses in $folder/finding.
tell() {
  run_program 0 "stuck_after_ms=1000${2:+:$2}" "$program" "$1"
  grep -q 'went on' "$folder/output" || fail "$1: it did not go on"
  [ "$(grep -c '^lockwrap: ' "$folder/errors")" = 1 ] || fail "$1: not one finding"
  "$LOCKWRAP_COMMAND" symbolize "$folder/errors" --binary "$program" >"$folder/finding"
}
# after LINE: the line behind the first one that matches.
after() { grep -A 1 -m 1 -e "$1" "$folder/finding" | tail -n 1; }
expect() { [[ $1 =~ $2 ]] || fail "'$1', not '$2', in: $(cat "$folder/finding")"; }
without() { ! grep -E "$1" "$folder/finding" || fail "'$1' was not to be told"; }

tell computes ''
expect "$(grep -m 1 'locked in' "$folder/finding")" 'locked in close_books'
without '    now in|ago$'

# Each time it has lasted twice as long.
run_program 0 stuck_after_ms=500 "$program" again
grep -oE 'has waited [0-9.]+ (ms|s) for' "$folder/errors" >"$folder/times"
awk '{ ms = $3 * ($4 == "s" ? 1000 : 1); if (NR > 1 && ms < 1.9 * last) exit 1; last = ms } END { if (NR != 3) exit 1 }' "$folder/times" ||
  fail "not told at growing distances: $(cat "$folder/times")"

# The hold is older than the wait for it, and not much: the waiter came when it had just begun. On a busy machine both are told later.
tell computes hold_stacks=1
expect "$(after 'locked in')" 'from main'
waited=$(grep -oE 'has waited [0-9.]+ s for' "$folder/finding" | grep -oE '[0-9.]+')
age=$(grep -oE '^      [0-9.]+ s ago$' "$folder/finding" | grep -oE '[0-9.]+') || fail "no age of the hold: $(cat "$folder/finding")"
awk -v age="$age" -v waited="$waited" 'BEGIN { exit !(age >= waited && age < 2 * waited) }' || fail "held since $age s, waited for since $waited s"

for how in computes:add_interest sleeps:wait_for_disk reads:wait_for_reply; do
  tell "${how%:*}" stuck_signal=1
  sed -n '/^    now in/,/^  [^ ]/p' "$folder/finding" >"$folder/now"
  expect "$(cat "$folder/now")" "${how#*:}.*close_books.*main"
done
# A read is restarted: the handler says so. A sleep would end, and does in the program.
grep -q '^interrupted=0$' "$folder/output" || fail "the read was interrupted"

tell blocked stuck_signal=1
grep -q '^    blocks the signal' "$folder/finding" || fail "no word of the signal that cannot be sent"
tell taken stuck_signal=1 # the signal is the program's own now
without '    now in|does not answer|blocks the signal'
