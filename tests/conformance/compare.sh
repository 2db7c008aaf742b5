#!/usr/bin/env bash
# compare.sh PLAIN WRAPPED: both run all cases, at the same time because they mostly wait, and must say the same.
set -euo pipefail
. "${0%/*}/../targets/launch.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${launch[@]}" "$1" >"$folder/plain" &
plain=$!
status=0
"${launch[@]}" "$2" >"$folder/wrapped" 2>"$folder/found" || status=$?
wait $plain || { cat "$folder/plain"; echo "the plain program failed"; exit 1; }
diff -U 8 "$folder/plain" "$folder/wrapped" || { echo "plain (-) and wrapped (+) differ"; exit 1; }
[ $status = 0 ] || { echo "the wrapped program ended with $status"; exit 1; }
# Each case ends: none of them is a deadlock. Some do end a thread with a mutex locked, destroy one that is, or
# read twice where writers come first.
if grep -vE '^(lockwrap: misuse: |lockwrap: lock-order: thread .* reads under |  |$)' "$folder/found"; then echo "the wrapped program was told this"; exit 1; fi
tail -n 1 "$folder/plain"
