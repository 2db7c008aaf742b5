#!/usr/bin/env bash
# workers.sh PROGRAM: a worker that breaks its promise is told once, with what it does; others are not.
. "${0%/*}/support.sh"
program=$1
run_program 0 "stuck_after_ms=0" "$program" waits
grep -qE '^lockwrap: stuck: worker `io`, thread [a-z/0-9]+, has not shown itself alive for [0-9.]+ m?s \(limit 100 ms\), and waits for `accounts` \(mutex\)\.$' \
  "$folder/errors" || fail "a worker that waits for a lock is not told"
grep -qE '^  waits in transfer ' "$folder/errors" || fail "not where it waits"
grep -qE '^    locked in main ' "$folder/errors" || fail "not who has the lock"
[ "$(grep -c '^lockwrap: ' "$folder/errors")" = 1 ] || fail "not told once"
# Under an emulator the kernel tells its own number of the call.
call=clock_nanosleep
[ ${#launch[@]} -eq 0 ] || call='[0-9]+'
run_program 0 "worker_watch=1" "$program" sleeps
grep -qE '^lockwrap: stuck: worker `io`, .* \(limit 50.0 ms\), and (is in the system call '$call'|sleeps in the kernel|runs)\.$' "$folder/errors" ||
  fail "a worker that sleeps is not told"
[ "$(grep -c '^lockwrap: ' "$folder/errors")" = 1 ] || fail "not told once"
# After a stop every worker is late at first.
mkfifo "$folder/go"
for round in 1 2 3 4 5; do
  LOCKWRAP_OPTIONS=worker_watch=1 "${launch[@]}" "$program" stopped <"$folder/go" >"$folder/output" 2>"$folder/errors" &
  background=$!
  exec 9>"$folder/go"
  within_10_s grep -q ready "$folder/output"
  kill -STOP "$background"
  sleep 0.5
  kill -CONT "$background"
  sleep 0.2
  echo >&9
  wait "$background" || fail "round $round: ended with $?"
  background=
  exec 9>&-
  no_errors
done
run_program 0 "worker_watch=1" "$program" right
no_errors
