#!/usr/bin/env bash
# deep_stack.sh PROGRAM: each sampled stack of the waiter goes from the lock through six functions down to main. Of a stack that is
# deeper than what is kept, the outermost calls are missing, and the report says so.
. "${0%/*}/support.sh"
run_program 0 "sample_us=1:profile_path=$folder/profile.pb.gz" "$1"
no_errors
check_report "$folder/profile.pb.gz" lock=deep contentions==5 'waits_in:level_6>=99' 'held_by:hold>=40'
"$LOCKWRAP_COMMAND" symbolize "$folder/profile.pb.gz" -o "$folder/named.pb.gz"
"$CHECK_PROFILE" stacks "$folder/named.pb.gz" deep level_6 level_5 level_4 level_3 level_2 level_1 main ||
  fail "the stacks are not full"

run_program 0 "sample_us=1:profile_path=$folder/cut.pb.gz:report_at_exit=1" "$1" 150
grep -Eq 'sampled stacks cut short, deeper than 128 frames' "$folder/errors" || fail "the text report does not say that stacks were cut"
gzip -dc "$folder/cut.pb.gz" | grep -aEq 'dropped.* frames=[1-9]' || fail "the profile does not say that stacks were cut"
check_report "$folder/cut.pb.gz" lock=deep contentions==5 'waits_in:level_6>=99'
