#!/usr/bin/env bash
# cancelled_waiter.sh PROGRAM: the thread that was ended in its wait is in no number once that is seen, and nobody is to blame for it.
. "${0%/*}/support.sh"
for seen_by in exit report threads; do
  run_program 0 "profile_path=$folder/profile.pb.gz" "$1" $seen_by
  no_errors
  facts=(lock=ledger contentions==1 'wait_ns~measured.wait_ns/20')
  # Before it is seen, a holder cannot know that nobody waits any more.
  [ $seen_by = exit ] || facts+=('blamed_ns<=wait_ns*1.1')
  check_report "$folder/profile.pb.gz" "${facts[@]}"
done
