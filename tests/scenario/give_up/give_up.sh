#!/usr/bin/env bash
# give_up.sh PROGRAM CASE: under on_deadlock=error exactly one call of each deadlock fails. It is told once, with the thread that gave up,
# and counted each time; what was waited for in vain counts as waited.
. "${0%/*}/../support.sh"
program=$1 name=$2
run_program 0 "on_deadlock=error:lock_order=0:report_at_exit=1:profile_path=$folder/profile" "$program" "$name"
number_of() { sed -n "s/^$1=//p" "$folder/output"; }
deadlocks=$(number_of deadlocks)
[ "$(number_of failed)" = "$deadlocks" ] || fail "$(number_of failed) calls failed, for $deadlocks deadlocks"

[ "$(grep -c '^lockwrap: ' "$folder/errors")" = 2 ] || fail "not one finding and one report"
grep -q '^lockwrap: deadlock: thread ' "$folder/errors" || fail "not told"
[ "$(grep -cE '^  given up: the call of thread .* fails with EDEADLK, and the others go on$' "$folder/errors")" = 1 ] ||
  fail "not one thread gave up in what was told"
further=
[ "$deadlocks" = 1 ] || further=", $((deadlocks - 1)) more at the same places"
grep -qx "deadlocks: 1 told when it happened$further" "$folder/errors" || fail "not counted as 1 told$further"

case $name in
  c11_mutexes) check_report "$folder/profile" "lock=c11_mutexes()::accounts" contentions==1 "blamed_ns<=wait_ns*1.001" \
    "lock=c11_mutexes()::journal" contentions==1 "blamed_ns<=wait_ns*1.001" ;;
  pairs)
    # Of 16 deadlocks of two threads each gives up in 8: the one that has done so less often.
    [ "$(number_of pair | sort | uniq -c | tr -s ' ')" = " 16 8/8" ] || fail "not all give up as often as their partners"
    ;;
esac
