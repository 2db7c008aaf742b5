#!/usr/bin/env bash
# silent_load.sh PROGRAM ROUNDS: runs the programs of which nothing is to be told ROUNDS times, four at once, beside a thread that burns
# a processor. Not one finding, not one wrong exit code.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
options=${LOCKWRAP_OPTIONS:-}
. "$here/../support.sh"
export LOCKWRAP_OPTIONS=$options LOCKWRAP_FINDINGS_SECONDS=2
program=$1 rounds=$2

(while :; do :; done) &
background=$! # ended by end_scenario
disown
"$program" | cut -f 1-3 | grep silent$ >"$folder/cases"
for ((round = 1; round <= rounds; ++round)); do
  tr '\n' '\t' <"$folder/cases" | xargs -d '\t' -n 3 -P 4 "$here/run_case.sh" "$program" >>"$folder/results"
done
if grep -v $'\tok$' "$folder/results"; then fail "not silent under load"; fi
echo "$(wc -l <"$folder/results") runs of $(wc -l <"$folder/cases") programs: nothing was told"
