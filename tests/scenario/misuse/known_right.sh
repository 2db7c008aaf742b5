#!/usr/bin/env bash
# known_right.sh PROGRAM: nothing is found in what is right.
. "${0%/*}/../support.sh"
run_program 0 "log=$folder/log:report_at_exit=1" "$1"
no_errors
! grep -q "misuse" "$folder/log" || { cat "$folder/log" && fail "a finding"; }
run_program 0 "on_misuse=abort:sample_us=1" "$1"
no_errors
