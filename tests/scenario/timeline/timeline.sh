#!/usr/bin/env bash
# timeline.sh PROGRAM MODE: the timeline of a program that measures its own waits. CHECK_TRACE: see check_trace.cpp.
. "${0%/*}/../support.sh"
program=$1
profile=$folder/profile.pb.gz

# trace_of PROFILE STATEMENT...: exported, and checked.
trace_of() {
  local profile=$1
  shift
  "$LOCKWRAP_COMMAND" export --format=perfetto "$profile" -o "$folder/trace.json"
  "$CHECK_TRACE" "$folder/trace.json" "$folder/output" "$@" || fail "the trace is not as expected"
}
# run OPTIONS ARGUMENTS...
run() {
  local options=$1
  shift
  run_program 0 "profile_path=$profile:$options" "$program" "$@"
  no_errors
}
known_trace() {
  # Of each ledger's round both waits, the hog's hold and that of whoever came first.
  trace_of "$1" measured waits==11 holds==11 arrows==10 overwritten==0
}

case $2 in
  known)
    run timeline_kb=64 known
    known_trace "$profile"
    "$LOCKWRAP_COMMAND" symbolize "$profile" -o "$folder/named.pb.gz"
    known_trace "$folder/named.pb.gz"
    # Others read the file as before.
    HOME=$folder PPROF_TMPDIR=$folder go tool pprof -top "$folder/named.pb.gz" >"$folder/top" 2>&1 || fail "pprof does not read it: $(head -c 500 "$folder/top")"
    grep -q lock_ledger "$folder/top" || fail "pprof shows no lock_ledger: $(head -c 500 "$folder/top")"
    ;;
  ring) # 15 events a KiB: the newest are kept, and the rest is counted, of the waiter and of the holder.
    run timeline_kb=1 ring 40
    trace_of "$profile" measured waits==15 holds==15 overwritten==50
    run timeline_kb=64 ring 40
    trace_of "$profile" measured waits==40 holds==40 arrows==40 overwritten==0
    ;;
  load)
    run timeline_kb=2 load "$folder/load"
    for i in 1 2 3 4 5 6 7 8 9 10; do trace_of "$folder/load.$i" consistent "waits>=1"; done
    trace_of "$profile" consistent "waits>=50" "holds>=50" "arrows>=1" "overwritten>=1"
    ;;
  fork) # The child's is empty when it begins.
    run timeline_kb=64
    child=$(sed -n 's/^child_pid=//p' "$folder/output")
    trace_of "$profile" waits==4 holds==4 arrows==4
    trace_of "$profile.$child" waits==2 holds==2 arrows==2
    ! grep -q parent_lock "$folder/trace.json" || fail "the child has its parent's events"
    ;;
  hang)
    LOCKWRAP_OPTIONS="timeline_kb=64:dump_signal=USR2:log=$folder/log:profile_path=$profile" "${launch[@]}" "$program" hang >"$folder/output" 2>"$folder/errors" &
    background=$!
    within_10_s grep -q waits "$folder/output"
    kill -USR2 "$background"
    within_10_s [ -s "$profile" ]
    trace_of "$profile" waits==1 holds==1 arrows==0
    grep -q 'still waits' "$folder/trace.json" || fail "the wait does not go on"
    grep -q 'not released yet' "$folder/trace.json" || fail "the hold does not go on"
    grep -q '"args":{"name":"hog"},"name":"thread_name"' "$folder/trace.json" || fail "the holder has no name"
    ;;
  off) # No timeline, and no memory for one: not even addresses, 64 KiB for each of 16,384 threads, of the first 4,096 where addresses have 32 bits.
    run timeline_kb=64 known
    with=$(sed -nE 's/^VmPeak:\s*([0-9]+) kB/\1/p' "$folder/output")
    run "" known
    without=$(sed -nE 's/^VmPeak:\s*([0-9]+) kB/\1/p' "$folder/output")
    [ $((with - without)) -ge $((60 * 4096)) ] || fail "VmPeak is $with kB with a timeline, $without without one"
    if "$LOCKWRAP_COMMAND" export --format=perfetto "$profile" -o "$folder/trace.json" 2>"$folder/errors"; then fail "there is a trace"; fi
    grep -q 'has no timeline; run the program with LOCKWRAP_OPTIONS=timeline_kb=64' "$folder/errors" || fail "it does not say why there is none"
    [ ! -e "$folder/trace.json" ] || fail "a file was left"
    ! gzip -dc "$profile" | grep -aq 'lockwrap timeline' || fail "the profile has a timeline"
    ;;
  *) fail "unknown mode $2" ;;
esac
