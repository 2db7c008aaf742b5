#!/usr/bin/env bash
# its_rows.sh PROGRAM OBJECT...: the program's report has one row for each object, with one wait.
set -euo pipefail
. "${0%/*}/../targets/launch.sh"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
LOCKWRAP_OPTIONS="report_at_exit=1:log=$report" "${launch[@]}" "$1"
missing=0
for object in "${@:2}"; do
  rows=$(grep -cE "^$object( \((condition|semaphore)\))? +[0-9.]+ [a-z]+ +(1|1 r \+ 0 w|0 r \+ 1 w) " "$report") || true
  [ "$rows" = 1 ] || { echo "$object: $rows rows with one wait" && missing=1; }
done
[ $missing = 0 ] || cat "$report"
exit $missing
