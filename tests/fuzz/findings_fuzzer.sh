#!/usr/bin/env bash
# findings_fuzzer.sh FUZZER OPTION...: begins with findings of each shape, plain and as what keeps logs has them, about addresses of functions
# of the fuzzer itself. What breaks the fuzzer is kept in the folder LOCKWRAP_FUZZ_FINDINGS, else beside it.
set -euo pipefail
fuzzer=$1
shift
kept=$fuzzer
[ -z "${LOCKWRAP_FUZZ_FINDINGS:-}" ] || kept=$LOCKWRAP_FUZZ_FINDINGS/findings
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/corpus"
symbols=$(nm "$fuzzer")
mapfile -t addresses < <(awk '$2 == "T" && $3 ~ /lockwrap/ { print "0x" $1 }' <<<"$symbols" | head -n 3)
cat >"$folder/corpus/shapes" <<LOG
lockwrap: deadlock: thread a/1 waits for \`ledger\`, held by b/2, which waits to write under \`prices\`, which is read by a/1.
  thread a/1 waits for \`ledger\`, held by b/2, since 104 ms
    waits in _ZN3foo3barEv [${addresses[0]}]
      from serve bank.cpp:99
    holds \`prices\`, locked for reading in (anonymous namespace)::look_up [${addresses[1]}]
  thread b/2 waits for the end of a/1, since 1.50 s
  to do: take these locks in the same order everywhere.

lockwrap: lock-order: \`A\` and \`B\` are locked in both orders, by different threads: a deadlock when they meet.
  thread w/7 locked for writing \`B\` while it had \`A\` for reading
    had locked that in one [${addresses[2]}]
    then this in two [0x2]
lockwrap: deadlock: thread w/8 locks \`accounts\`, which it has already. This is a deadlock: it waits for itself.
  locked in transfer [0x40ff64]
  waits in deposit [0x40feff]
deadlocks: 1 told when it happened, 50 more at the same places
lock orders that can become deadlocks: 1 told when it happened, 2 more at the same places
LOG
sed 's/^/Nov 26 01:59:59 host app[17]: /' "$folder/corpus/shapes" >"$folder/corpus/journal"
sed 's/^/2026-11-26T01:00:00.5Z /; s/$/\r/' "$folder/corpus/shapes" >"$folder/corpus/docker"
mkdir -p "$(dirname "$kept")"
"$fuzzer" "$@" -timeout=10 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -artifact_prefix="$kept-" \
  "$folder/corpus" >"$folder/said" 2>&1 || {
  code=$?
  grep -vE '^#[0-9]+' "$folder/said" | head -n 60
  exit $code
}
grep -E 'number_of_executed_units|new_units_added' "$folder/said"
