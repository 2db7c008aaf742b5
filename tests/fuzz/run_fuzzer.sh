#!/usr/bin/env bash
# run_fuzzer.sh FUZZER SEEDS OPTION...: runs the fuzzer from these seeds; what it finds is printed, and kept if LOCKWRAP_FUZZ_FINDINGS names
# a folder. Limits: 30 seconds and 512 MiB a file, so that a hang or a large allocation is a finding.
set -euo pipefail
fuzzer=$1 seeds=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
findings=${LOCKWRAP_FUZZ_FINDINGS:-$folder/findings}
mkdir -p "$folder/corpus" "$findings"
[ "$(find "$seeds" -type f | wc -l)" -ge 10 ] || { echo "no seeds in $seeds" && exit 1; }
status=0
ASAN_OPTIONS=detect_leaks=1 "$fuzzer" "$folder/corpus" "$seeds" "$@" -max_len=65536 -timeout=30 -rss_limit_mb=512 -malloc_limit_mb=256 \
  -artifact_prefix="$findings/" -print_final_stats=1 >"$folder/log" 2>&1 || status=$?
tail -n 25 "$folder/log" | cut -c1-200
exit $status
