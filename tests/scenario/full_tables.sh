#!/usr/bin/env bash
# full_tables.sh PROGRAM: twenty thousand contended locks with room for all, and with 1 MiB: then it says what is missing.
. "${0%/*}/support.sh"
run_program 0 "memory_limit_mb=64:profile_path=$folder/profile.pb.gz" "$1"
no_errors
check_report "$folder/profile.pb.gz" dropped==0 locks==1 "lock=mutex first used in wait_for" instances==20000 contentions==20000
"$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
rm "$folder/profile.pb.gz"

run_program 0 "memory_limit_mb=1:profile_path=$folder/profile.pb.gz:report_at_exit=1" "$1"
grep -q '^dropped: ' "$folder/errors" || fail "the text report does not say that something is missing"
grep -q 'memory_limit_mb' "$folder/errors" || fail "the text report does not say what to do"
check_report "$folder/profile.pb.gz" 'dropped>=1000' "lock=mutex first used in wait_for" 'instances>=100' 'contentions<=20000'
"$LOCKWRAP_COMMAND" report "$folder/profile.pb.gz" >"$folder/output"
grep -qi dropped "$folder/output" || fail "the command's report does not say that something is missing"
"$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
