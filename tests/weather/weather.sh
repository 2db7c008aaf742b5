#!/usr/bin/env bash
# weather.sh KIND PROGRAM: a program in bad weather ends as it should, within the test's time, says nothing of its own, and leaves a
# complete profile and a report.
. "${0%/*}/../scenario/support.sh"
kind=$1 program=$2

# survives OPTIONS [ARGUMENT...]
survives() {
  rm -f "$folder"/profile* "$folder"/report
  run_program "${wanted:-0}" "profile_path=$folder/profile:report_at_exit=1:log=$folder/report:$1" "$program" "${@:2}"
  no_errors
  [ -s "$folder/report" ] && grep -q '^lockwrap: contention of' "$folder/report" || fail "no report"
  ! grep -qE '^lockwrap: (deadlock|lock-order|stuck|misuse|held-in-call): ' "$folder/report" || { cat "$folder/report" && fail "a finding"; }
  for file in "$folder"/profile*; do gzip -t "$file" || fail "$file is not complete"; done
}
dropped() { grep -E "^dropped" "$folder/report" || true; }

case $kind in
  usual)
    survives ""
    survives "sample_us=1"
    survives "profile=0"
    survives "memory_limit_mb=1"
    ;;
  threads)
    survives ""
    [ -z "$(dropped)" ] || fail "something was dropped: $(dropped)"
    survives "memory_limit_mb=1"
    ;;
  full)
    survives "memory_limit_mb=1"
    dropped | grep -q . || fail "nothing is said of what was dropped"
    survives "memory_limit_mb=256"
    [ -z "$(dropped | grep -vE 'orders of (further )?locks')" ] || fail "something was dropped: $(dropped)"
    ;;
  exits)
    wanted=5
    for way in return exit _exit quick_exit other_thread; do
      survives "" $way
      case $way in
        return | exit | other_thread) printf 'handled\ndestroyed\n' | diff - "$folder/output" || fail "$way: the handlers" ;;
        quick_exit) printf 'handled\n' | diff - "$folder/output" || fail "$way: the handlers" ;;
        _exit) [ ! -s "$folder/output" ] || fail "$way: the handlers" ;;
      esac
      check_report "$folder/profile" lock=held_by_thread contentions==3 lock=held_by_main contentions==1
    done
    ;;
  refused)
    survives ""
    dropped | grep -q "held" || fail "nothing is said of the locks that had no room"
    check_report "$folder/profile" lock=contended contentions==20
    ;;
  no_memory)
    # The program has room for itself, lockwrap none for its tables.
    limited() { (ulimit -d 500000 && exec "$@"); }
    wanted=0
    run_program 0 "memory_limit_mb=4096:confirm=1" limited "$program" 5
    grep -q "no memory, nothing is watched" "$folder/errors" || fail "the lack of memory is not told"
    run_program 0 "memory_limit_mb=1:confirm=1" limited "$program" 5
    grep -q ": watching;" "$folder/errors" || fail "there was room for the smallest tables"
    ;;
  *) fail "unknown kind $kind" ;;
esac
