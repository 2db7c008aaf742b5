#!/usr/bin/env bash
# expect.sh PROGRAM [options:OPTIONS] STATEMENT...: runs a program, which must end with 0 and a silent stderr; its report must agree
# with the statements (check_report.cpp) and its profile add up (check_profile.cpp).
. "${0%/*}/support.sh"
program=$1 options=
shift
if [ "${1#options:}" != "$1" ]; then
  options=${1#options:}
  shift
fi
run_program 0 "profile_path=$folder/profile.pb.gz:$options" "$program"
no_errors
only_files profile.pb.gz
check_report "$folder/profile.pb.gz" "$@"
"$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
