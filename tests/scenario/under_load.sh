#!/usr/bin/env bash
# under_load.sh PROGRAM: the dump signal a hundred times in a program under load: each gives a whole report, and the program
# goes on and ends as it should.
. "${0%/*}/support.sh"
launch=(timeout 100 "${launch[@]}")
run_program 0 "profile_path=$folder/profile.pb.gz:dump_signal=USR2:log=$folder/log" "$1" "$folder/log"
grep -q 'went on' "$folder/output" || fail "it did not go on"
no_errors
reports=$(grep -c '^lockwrap: contention of' "$folder/log")
[ "$reports" -eq 100 ] || fail "$reports reports"
"$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
check_report "$folder/profile.pb.gz" rows:outer_lock==1
only_files log profile.pb.gz
