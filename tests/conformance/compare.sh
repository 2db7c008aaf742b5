#!/usr/bin/env bash
# compare.sh PLAIN WRAPPED: both run all cases, and must say the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" >"$folder/plain" || { cat "$folder/plain"; echo "the plain program failed"; exit 1; }
status=0
"$2" >"$folder/wrapped" || status=$?
diff -U 8 "$folder/plain" "$folder/wrapped" || { echo "plain (-) and wrapped (+) differ"; exit 1; }
[ $status = 0 ] || { echo "the wrapped program ended with $status"; exit 1; }
tail -n 1 "$folder/plain"
