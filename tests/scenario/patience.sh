#!/usr/bin/env bash
# patience.sh PROGRAM: a wait that is long because the process was stopped, or because its holder got no processor, is not told.
. "${0%/*}/support.sh"
program=$1
is_stopped() { [ "$(sed 's/.*) //' "/proc/$background/stat" | cut -c 1)" = T ]; }

LOCKWRAP_OPTIONS=stuck_after_ms=500 "${launch[@]}" "$program" stopped >"$folder/output" 2>"$folder/errors" &
background=$!
within_10_s is_stopped
sleep 2
kill -CONT "$background"
status=0
wait "$background" || status=$?
background=
[ $status = 0 ] || fail "ended with $status after it was stopped"
no_errors

# Several at once, so that some holders get no processor at all for long.
for number in 1 2 3 4 5 6; do
  LOCKWRAP_OPTIONS=stuck_after_ms=300 "${launch[@]}" "$program" starved 2>"$folder/errors.$number" &
  starved[number]=$!
done
for number in 1 2 3 4 5 6; do
  status=0
  wait "${starved[number]}" || status=$?
  [ $status = 0 ] || fail "starved program $number ended with $status"
done
cat "$folder"/errors.* >"$folder/errors"
no_errors
