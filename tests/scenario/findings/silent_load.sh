#!/usr/bin/env bash
# silent_load.sh PROGRAM ROUNDS: runs the programs of which nothing is to be told ROUNDS times, eight at once, beside a process that burns
# a processor. Not one word on stderr, not one wrong exit code.
. "${0%/*}/../support.sh"
export LOCKWRAP_FINDINGS_SECONDS=2 program=$1 folder
rounds=$2

(while :; do :; done) &
background=$! # ended by end_scenario
disown
"${launch[@]}" "$program" | awk -F '\t' '$3 == "silent" { print $1 }' >"$folder/cases"
[ -s "$folder/cases" ] || fail "no programs"
run_one() {
  local status=0
  timeout -s KILL 30 "$program" "$1" >/dev/null 2>"$folder/said.$$" </dev/null || status=$?
  if [ $status -ne 0 ] || [ -s "$folder/said.$$" ]; then
    echo "$1 ended with $status and said: $(cat "$folder/said.$$")" >>"$folder/wrong"
  fi
  echo "$1" >>"$folder/ran"
  rm -f "$folder/said.$$"
}
export -f run_one
for ((round = 1; round <= rounds; ++round)); do cat "$folder/cases"; done | xargs -P 8 -I NAME bash -c 'run_one NAME'
if [ -s "$folder/wrong" ]; then cat "$folder/wrong" && fail "not silent under load"; fi
cases=$(wc -l <"$folder/cases") runs=$(wc -l <"$folder/ran")
[ "$runs" -eq $((cases * rounds)) ] || fail "$runs runs of $cases programs, not $rounds each"
echo "$runs runs of $cases programs: nothing was told"
