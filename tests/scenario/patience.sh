#!/usr/bin/env bash
# patience.sh PROGRAM: a wait that is long because the process was stopped, or because its holder got no processor, is not told.
. "${0%/*}/support.sh"
program=$1
is_stopped() { [ "$(sed 's/.*) //' "/proc/$background/stat" | cut -c 1)" = T ]; }

LOCKWRAP_OPTIONS=stuck_after_ms=500 "$program" stopped >"$folder/output" 2>"$folder/errors" &
background=$!
within_10_s is_stopped
sleep 2
kill -CONT "$background"
status=0
wait "$background" || status=$?
background=
[ $status = 0 ] || fail "ended with $status after it was stopped"
no_errors

run_program 0 "stuck_after_ms=300" "$program" starved
no_errors
