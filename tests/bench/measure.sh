# The measurements of the bench; sourced by `run` and by the tests. From the caller: BENCH_PROGRAMS, the folder of the built
# programs, and BENCH_BUILD, the build folder.
# shellcheck shell=bash
set -euo pipefail
: "${BENCH_PROGRAMS:?run this through tests/bench/run or ctest}" "${BENCH_BUILD:?}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# shellcheck disable=SC2034 # read by those who source this
variants=(plain_static plain_dynamic off on on_dynamic dlsym_hook)
# shellcheck disable=SC2034
workloads=(pair pair_alone pair_quiet nested held_2 held_4 held_8 held_16 two_threads four_threads mix handoff)
# shellcheck disable=SC2034
counted_workloads=("${workloads[@]:0:8}") # whose instructions are counted

# choose VARIANT: sets `program`, and LOCKWRAP_OPTIONS for it.
choose() {
  export LOCKWRAP_OPTIONS=
  case $1 in
    plain_static | plain_static_again) program=$BENCH_PROGRAMS/bench_plain_static ;;
    plain_dynamic) program=$BENCH_PROGRAMS/bench_plain_dynamic ;;
    off) program=$BENCH_PROGRAMS/bench_wrapped_static LOCKWRAP_OPTIONS=active=0 ;;
    on) program=$BENCH_PROGRAMS/bench_wrapped_static ;;
    with_timeline) program=$BENCH_PROGRAMS/bench_wrapped_static LOCKWRAP_OPTIONS=timeline_kb=64 ;;
    on_dynamic) program=$BENCH_PROGRAMS/bench_wrapped_dynamic ;;
    dlsym_hook) program=$BENCH_PROGRAMS/bench_dlsym_hook ;;
    *) echo "unknown variant: $1" >&2 && return 2 ;;
  esac
}

# nanoseconds VARIANT WORKLOAD MILLISECONDS: per operation, and the number of operations.
nanoseconds() {
  choose "$1"
  "$program" "$2" time "$3"
}

# contended_share MILLISECONDS: the share of four_threads' operations that had to wait, by lockwrap's own report.
contended_share() {
  choose on
  LOCKWRAP_OPTIONS="report_at_exit=1:log=$scratch/report" "$program" four_threads time "$1" >"$scratch/operations"
  awk -F '  +' -v operations="$(cut -d ' ' -f 2 "$scratch/operations")" \
    '$1 == "contended_mutex" { count += $3 } END { printf "%.9f\n", count / operations }' "$scratch/report"
  rm -f "$scratch/report"
}

# collected VARIANT WORKLOAD OPERATIONS FUNCTION...: instructions inside the functions (patterns), all threads.
collected() {
  local options=() function output
  for function in "${@:4}"; do options+=("--toggle-collect=$function"); done
  choose "$1"
  [ -z "${sampling_off:-}" ] || LOCKWRAP_OPTIONS+=":sample_us=1000000000"
  output=$(valgrind --tool=callgrind --fair-sched=yes --callgrind-out-file=/dev/null "${options[@]}" \
    "$program" "$2" count "$3" 2>&1) || { printf '%s\n' "$output" >&2 && return 1; }
  sed -n 's/^.*Collected : //p' <<<"$output"
}

# instructions VARIANT WORKLOAD: of one pair, with the two or three instructions a call that its loop takes. The difference of
# two runs: what happens once drops out, and the result is the same each time.
instructions() {
  local function few many
  case $2 in
    pair | pair_alone | held_*) function=pairs ;;
    pair_quiet) function=quiet_pairs ;;
    nested) function=nested_pairs ;;
  esac
  few=$(collected "$1" "$2" 2000 "*::$function(unsigned long)")
  many=$(collected "$1" "$2" 12000 "*::$function(unsigned long)")
  awk -v few="$few" -v many="$many" 'BEGIN { printf "%.1f\n", (many - few) / 10000 }'
}

# contended_instructions VARIANT: inside the lock and unlock calls of both threads of one handoff. No stack is kept as a
# sample: valgrind slows the waits down, so that more of them would be sampled than in reality.
contended_instructions() {
  local sampling_off=1 few many functions=("*pthread_mutex_lock" "*pthread_mutex_unlock")
  case $1 in on | off) functions=(__wrap_pthread_mutex_lock __wrap_pthread_mutex_unlock) ;; esac
  few=$(collected "$1" handoff 200 "${functions[@]}")
  many=$(collected "$1" handoff 1200 "${functions[@]}")
  awk -v few="$few" -v many="$many" 'BEGIN { printf "%.0f\n", (many - few) / 1000 }'
}

# system_calls VARIANT: of one handoff, sched_yield left out, which is the bench's own waiting; and what asks at most once in 10 ms what the
# holder does (getrusage, clock_gettime of a thread's processor time), for a traced handoff takes so long that it would seem to be much.
system_calls() {
  local count calls=()
  choose "$1"
  for count in 500 1500; do
    strace -f -c -o "$scratch/calls" "$program" handoff count $count
    calls+=("$(awk '$4 ~ /^[0-9]+$/ && $NF !~ /^(sched_yield|getrusage|clock_gettime|total)$/ { calls += $4 } END { print calls }' \
      "$scratch/calls")")
  done
  awk -v few="${calls[0]}" -v many="${calls[1]}" 'BEGIN { printf "%.2f\n", (many - few) / 1000 }'
}

# resident plain|wrapped THREADS: KiB, the median of five runs.
resident() {
  export LOCKWRAP_OPTIONS=
  for _ in 1 2 3 4 5; do "$BENCH_PROGRAMS/bench_memory_$1" "$2"; done | sort -n | sed -n 3p
}

# code_bytes FILE: instructions, constants and unwind tables.
code_bytes() { size "$1" | awk 'NR > 1 { bytes += $1 } END { print bytes }'; }
