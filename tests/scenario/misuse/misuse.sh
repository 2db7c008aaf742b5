#!/usr/bin/env bash
# misuse.sh PROGRAM: each misuse is told in the words below, its correct twin not at all.
. "${0%/*}/../support.sh"
program=$1
told=0

# tells NAME SENTENCE [LINE]...: the first line, after the thread; and lines that the finding must have. $T is a thread.
tells() {
  local name=$1 kind=misuse
  [[ $2 != *'This is a deadlock'* ]] || kind=deadlock
  run_program 0 "" "$program" "$name"
  one_finding "$name" "^lockwrap: $kind: $T $2\.\$" "${@:3}"
  run_program 0 "" "$program" "${name}_right"
  no_errors
  told=$((told + 1))
}
T='thread ([a-z]+/)?[0-9]+'
tells relock 'locks `accounts`, which it has already\. This is a deadlock: it waits for itself' \
  '^  locked in begin_transfer ' '^  waits in enter_account ' '^    from .*relock'
tells relock_c11 'locks `c11_table`, which it has already\. This is a deadlock: it waits for itself'
tells upgrade 'wants to write under `prices`, which it has for reading\. This is a deadlock: it waits for itself' \
  '^  locked for reading in '
tells unlock_by_stranger "unlocks \`accounts\`, which $T has locked" '^  locked in begin_transfer ' '^  misused in end_transfer '
tells unlock_of_free 'unlocks `table`, which nobody has locked' '^  misused in unlock_table '
tells destroy_held 'destroys `table`, which it has locked itself' '^  locked in lock_table ' '^  misused in destroy_table '
tells destroy_held_by_other "destroys \`table\`, which $T has locked" '^  locked in lock_table '
tells destroy_waited_with "destroys \`table\`, which $T will take again when its condition wait ends" \
  '^  the other waits in wait_for_change '
tells destroy_read "destroys \`routes\`, which $T has locked" '^  locked for reading in '
tells destroy_written 'destroys `routes`, which it has locked itself' '^  locked in '
tells init_held 'initialises `table`, which it has locked itself' '^  locked in lock_table ' '^  misused in make_table '
tells init_held_by_other "initialises \`table\`, which $T has locked" '^  locked in lock_table '
tells thread_end "waits for \`table\`, which thread [0-9]+ had locked when it ended\. This is a deadlock: nobody will release it" \
  '^  locked in lock_table ' '^  waits in lock_table '
tells held_at_end 'has ended with `table` locked' '^  locked in lock_table '
tells held_by_many_ended 'has ended with `table` locked' '^  locked in lock_table '
tells exec_held 'becomes another program \(exec\) while it has locked `table`' '^  locked in lock_table ' '^  misused in become '
tells fork_held "waits for \`table\`, which thread [0-9]+ of the parent process had locked at the fork\. This is a deadlock: .*" \
  '^  locked in lock_table ' '^  waits in lock_table '
tells condition_without_mutex 'waits for a condition with `table`, which nobody has locked' '^  condition: `changed`$' \
  '^  misused in wait_for_change '
tells condition_with_mutex_of_other "waits for a condition with \`table\`, which $T has locked" '^  locked in lock_table '
tells two_mutexes "waits for a condition with \`other_table\`, while $T waits for it with another mutex" \
  '^  condition: `changed`$' '^  other mutex: `table`$' '^  the other waits in wait_for_change '

[ "$("${launch[@]}" "$program" | grep -vc _right)" = $told ] || fail "some misuse was not looked at"

run_program 0 "" "$program" bare_fork_right
no_errors
run_program 0 "" "$program" cancelled_right
grep -q '^survived=1$' "$folder/output" || fail "telling a finding was a cancellation point"
grep -q '^lockwrap: misuse: ' "$folder/errors" || fail "not told in a thread that is to be cancelled"

# Each once a place, unless it is switched off; the program ends if that is wanted, and loses nothing.
run_program 134 "on_misuse=abort:profile_path=$folder/profile" "$program" unlock_of_free
[ "$(grep -c '^lockwrap: misuse: ' "$folder/errors")" = 1 ] || fail "not told before the abort"
gzip -t "$folder/profile" || fail "no profile at the abort"
run_program 0 "on_misuse=off" "$program" unlock_of_free
no_errors
run_program 0 "log=$folder/log" "$program" unlock_of_free
no_errors
grep -q '^lockwrap: misuse: ' "$folder/log" || fail "not in the log"
