#!/usr/bin/env bash
# inactive.sh PROGRAM: active=0 switches everything off.
. "${0%/*}/support.sh"
run_program 0 "active=0:profile_path=$folder/profile.pb.gz:report_at_exit=1" "$1" "$folder/other.pb.gz"
no_errors
only_files ""
[ "$(cat "$folder/output")" = done ] || fail "the program did not work"
