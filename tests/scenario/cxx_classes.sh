#!/usr/bin/env bash
# cxx_classes.sh PROGRAM: each class of the C++ library has its row, and whoever waited in it is told.
. "${0%/*}/support.sh"
run_program 0 "report_at_exit=1:profile_path=$folder/profile" "$1"
row() { grep -qE "$1" "$folder/errors" || fail "no row like: $1"; }
check_report "$folder/profile" dropped==0 \
  lock=plain "contentions==2" "lock=recursive" "contentions==1" "waits_in:wait_by_guard>=99" \
  lock=timed "contentions==1" "waits_in:wait_for_timed>=99" \
  lock=both_kinds "contentions==1" "waits_in:wait_for_recursive_timed>=99" \
  lock=shared "contentions==2" "waits_in:wait_by_guard>=5" "waits_in:wait_to_share>=5" \
  lock=lasting "contentions==2" "waits_in:wait_by_guard>=5" "waits_in:wait_to_share_timed>=5" \
  lock=scoped_first "contentions==1" "waits_in:wait_by_scoped_lock>=99" \
  lock=locked_first "contentions==1" "waits_in:wait_by_std_lock>=99"
row '^shared .* 1 r \+ 1 w '
row '^lasting .* 1 r \+ 1 w '
row '^came \(condition\) .*wait_idly'
row '^any_came \(condition\) .*wait_idly'
row '^flag \(once\) .* 1  .* initialise'
run_program 0 report_at_exit=1 "$1" jthread
row '^end of a thread .* 1  .* join_at_end'
