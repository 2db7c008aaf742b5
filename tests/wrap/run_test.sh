#!/usr/bin/env bash
# run_test.sh WRAPPED PLAIN TEXT: runs a wrapped program with everything on; it must end with 0. With PLAIN, the unwrapped build
# of the same objects must end alike and print the same. With TEXT, the report at exit must hold it.
set -euo pipefail
. "${0%/*}/../targets/launch.sh"
wrapped=$1 plain=$2 expected=$3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
LOCKWRAP_OPTIONS="profile_path=$folder/profile.pb.gz:report_at_exit=1:log=$folder/report" \
  "${launch[@]}" "$wrapped" >"$folder/wrapped" 2>"$folder/errors" || status=$?
cat "$folder/wrapped" "$folder/errors"
[ "$status" -eq 0 ] || { echo "ended with $status"; exit 1; }
gzip -t "$folder/profile.pb.gz"
grep -q '^lockwrap: contention of' "$folder/report" || { echo "no report was written"; exit 1; }
[ ! -s "$folder/errors" ] || { echo "something was printed to stderr"; exit 1; }

if [ -n "$plain" ]; then
  "${launch[@]}" "$plain" >"$folder/plain" || { echo "the plain program ended with $?"; exit 1; }
  diff "$folder/plain" "$folder/wrapped" || { echo "plain (<) and wrapped (>) differ"; exit 1; }
fi
if [ -n "$expected" ]; then
  grep -q -- "$expected" "$folder/report" || { cat "$folder/report"; echo "the report does not hold '$expected'"; exit 1; }
fi
