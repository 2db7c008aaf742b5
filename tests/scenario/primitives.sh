#!/usr/bin/env bash
# primitives.sh PROGRAM: each primitive has its row, with who waited, and who held or woke.
. "${0%/*}/support.sh"
run_program 0 "report_at_exit=1:profile_path=$folder/profile" "$1"
row() { grep -qE "$1" "$folder/errors" || fail "no row like: $1"; }
row '^prices .* 1 r \+ 1 w  .*(update|scan)(\(\))? (writing|reading) .*(main|update|scan).* (reading|writing)'
row '^ticket \(spin\) .* spin.* main'
row '^futex_like .* take_own_lock .* (main|drop_own_lock|take_own_lock) '
row '^waits for events, which is mostly idling'
row '^slots \(semaphore\) .* take_slot.* give_slot.*100 %'
row '^work_came \(condition\) .* consume.* (produce|std::condition_variable::notify_one)' # whether the library's function is a jump depends on its build
row '^all_here \(barrier\) .* 2  .* arrive'
row '^configured \(once\) .* 1  .* configure'
row '^end of a thread '
! grep -q dropped "$folder/errors" || fail "something was dropped"
check_report "$folder/profile" lock=prices "contentions==2" "blamed_ns>=20000000" "blamed_ns<=wait_ns*1.001"
check_report "$folder/profile" lock=futex_like "contentions==1" "wait_ns>=20000000" "waits_in:take_own_lock>=99"
check_report "$folder/profile" lock=ticket "contentions==1" "waits_in:spin>=99" "held_by:main>=90"
check_report "$folder/profile" rows:work_came==0 rows:slots==0
