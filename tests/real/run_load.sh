#!/usr/bin/env bash
# run_load.sh PLAIN WRAPPED SIZE: both programs must print the same; the wrapped one must find nothing, and show its locks.
set -euo pipefail
plain=$1 wrapped=$2 size=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "failed: $1" && exit 1; }

"$plain" "$size" >"$folder/plain" || fail "the plain program ended with $?"
LOCKWRAP_OPTIONS="report_at_exit=1:log=$folder/report:profile_path=$folder/profile" "$wrapped" "$size" \
  >"$folder/wrapped" 2>"$folder/errors" || { cat "$folder/errors" && fail "the wrapped program ended with $?"; }
cat "$folder/wrapped" "$folder/report"
diff "$folder/plain" "$folder/wrapped" || fail "plain (<) and wrapped (>) differ"
[ -s "$folder/wrapped" ] || fail "nothing was printed"
[ ! -s "$folder/errors" ] || { cat "$folder/errors" && fail "something was printed to stderr"; }
! grep -E '^lockwrap: (deadlock|lock-order|stuck|misuse|held-in-call): ' "$folder/report" || fail "a finding"
grep -q '^lockwrap: contention of' "$folder/report" || fail "no report"
gzip -t "$folder/profile" || fail "no profile"
