#!/usr/bin/env bash
# report_at_exit.sh WAITING IDLE: the table on stderr; of a program that never waited, that this is a good result.
. "${0%/*}/support.sh"
run_program 7 report_at_exit=1 "$1" 7
grep -qE '^LOCK +WAITED +COUNT +MEAN +MAX +WAITS IN +HELD BY *$' "$folder/errors" || fail "no table"
grep -qE '^counter .* 1  ' "$folder/errors" || fail "no row of the lock"
! grep -q dropped "$folder/errors" || fail "something was dropped"
only_files ""

run_program 0 report_at_exit=1 "$2"
grep -q 'a good result' "$folder/errors" || fail "nothing was waited for, and it does not say so"
[ "$(cat "$folder/output")" = done ] || fail "the output is not the program's own"

run_program 7 "report_at_exit=1:log=$folder/log.%e" "$1" 7
no_errors
grep -q '^counter ' "$folder/log.${1##*/}" || fail "the log has no row of the lock"

# With no option at all nothing is written anywhere.
rm "$folder"/log.*
run_program 7 "" "$1" 7
no_errors
only_files ""
