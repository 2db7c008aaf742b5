#!/usr/bin/env bash
# deep_stack.sh PROGRAM: each sampled stack of the waiter goes from the lock through six functions down to main.
. "${0%/*}/support.sh"
run_program 0 "sample_us=1:profile_path=$folder/profile.pb.gz" "$1"
no_errors
check_report "$folder/profile.pb.gz" lock=deep contentions==5 'waits_in:level_6>=99' 'held_by:hold>=40'
"$LOCKWRAP_COMMAND" symbolize "$folder/profile.pb.gz" -o "$folder/named.pb.gz"
"$CHECK_PROFILE" stacks "$folder/named.pb.gz" deep level_6 level_5 level_4 level_3 level_2 level_1 main ||
  fail "the stacks are not full"
