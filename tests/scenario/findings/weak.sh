#!/usr/bin/env bash
# weak.sh PROGRAM: lock_order=2 tells what is weak evidence, in words that say so; and still nothing of what cannot happen. Many objects of a
# kind are one finding.
. "${0%/*}/../support.sh"
program=$1

# expect CASE WORDS: the first line of what lock_order=2 tells of the program, which is all that it tells.
expect() {
  run_program 0 lock_order=2 "$program" "$1"
  [ "$(grep -c '^lockwrap: ' "$folder/errors")" = 1 ] || fail "$1: not one finding"
  grep -qE "^lockwrap: lock-order: .*$2" "$folder/errors" || fail "$1: not '$2'"
}
expect right.one_thread ' are locked in both orders, by one thread: a deadlock if two threads come to do it at once\.$'
expect right.created_in_two_places \
  'created in .*Shop.*created in .*Customer.*, and other locks made where these were, are locked in both orders, never yet the same two: '
grep -qE '^  thread findings/[0-9]+ locked .*Customer.* while it had .*Shop' "$folder/errors" || fail "who took them that way is not told"

expect right.one_lock_and_others ', and other locks made where these were, are locked in both orders, never yet the same two: '

# Objects of the same kind are one finding, and are counted.
run_program 0 report_at_exit=1 "$program" possible.thousand_objects
[ "$(grep -c '^lockwrap: lock-order: ' "$folder/errors")" = 1 ] || fail "not one finding for all objects"
grep -qx 'lock orders that can become deadlocks: 1 told when it happened, 999 more at the same places' "$folder/errors" || fail "the objects are not counted"

# Where each lock is first used is the outcome of a race here; so many are run that one of them would tell.
for ((run = 0; run < 20; ++run)); do
  run_program 0 lock_order=2 "$program" right.array_by_address
  no_errors
done
for name in common_gate joined_in_between before_create_and_after_join std_lock read_both_ways never_nested; do
  run_program 0 lock_order=2 "$program" "right.$name"
  no_errors
done
