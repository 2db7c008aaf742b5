#!/usr/bin/env bash
# table.sh PROGRAM [RESULTS]: runs each program of the table with lockwrap, four at once, and prints what was told beside what should be.
# LOCKWRAP_FINDINGS_EXPECTED: a file of other expectations (of_32_bits, of_musl). RESULTS: a file for the lines of run_case.sh. LOCKWRAP_OPTIONS is passed on. Exit code: 0 all as expected, 1 something is not.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
options=${LOCKWRAP_OPTIONS:-}
. "$here/../support.sh"
export LOCKWRAP_OPTIONS=$options
program=$1 results=${2:-$folder/results}

"${launch[@]}" "$program" >"$folder/all"
awk -F '\t' -v OFS='\t' -v other="${LOCKWRAP_FINDINGS_EXPECTED:-/dev/null}" '
  BEGIN { while ((getline line <other) > 0) if (line !~ /^#/) { split(line, word, " +"); expected[word[1]] = word[2] } }
  $1 in expected { $3 = expected[$1] } { print }' "$folder/all" >"$folder/cases"
[ -z "$(cut -f 1 "$folder/cases" | sort | uniq -d)" ] || fail "two programs have the same name"
cut -f 1-3 "$folder/cases" | tr '\n' '\t' | xargs -d '\t' -n 3 -P 4 "$here/run_case.sh" "$program" >"$folder/unsorted" ||
  fail "a program could not be run"
cut -f 1 "$folder/cases" | while read -r name; do grep -m 1 "^$name"$'\t' "$folder/unsorted"; done >"$results"
[ "$(wc -l <"$results")" = "$(wc -l <"$folder/cases")" ] || fail "a program is missing"

awk -F '\t' '
  BEGIN { format = "%-38s %-9s %-13s %-28s %s\n"; printf format, "PROGRAM", "CLASS", "EXPECTED", "LOCKWRAP SAYS", "" }
  { says = $4 ($5 == "" ? "" : " after " $5 " ms"); printf format, $1, $2, $3, says, $6
    ++all[$2]; if ($6 == "ok") ++right[$2]; else if ($6 ~ /^skipped: /) ++skipped; else ++wrong
    if ($5 != "" && $3 == "deadlock" && $5 > slowest) slowest = $5 }
  END {
    printf "\n"
    for (class in all) printf "%s: %d of %d as expected\n", class, right[class], all[class] | "sort"
    close("sort")
    if (slowest != "") printf "the slowest deadlock was told after %d ms\n", slowest
    printf "%d programs, %d wrong%s\n", NR, wrong, skipped ? ", " skipped " skipped" : ""
    exit wrong > 0 }' "$results"
