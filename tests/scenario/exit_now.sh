#!/usr/bin/env bash
# exit_now.sh PROGRAM: _exit and _Exit of the program write the profile, _exit of a forked child does not.
. "${0%/*}/support.sh"
for way in _exit _Exit child; do
  echo "$way"
  run_program 3 "profile_path=$folder/profile.pb.gz" "$1" "$way"
  no_errors
  only_files profile.pb.gz
  check_report "$folder/profile.pb.gz" locks==1 lock=counter contentions==1
  rm "$folder/profile.pb.gz"
done
