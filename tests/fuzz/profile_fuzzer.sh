#!/usr/bin/env bash
# profile_fuzzer.sh FUZZER SECONDS PROGRAM SEEDS: begins with small profiles, which SEEDS writes into a folder, and with real ones of the
# program, plain, named and merged. What breaks the fuzzer is kept in the folder LOCKWRAP_FUZZ_FINDINGS, else beside it.
set -euo pipefail
fuzzer=$1 seconds=$2 program=$3 seeds=$4
kept=$fuzzer
[ -z "${LOCKWRAP_FUZZ_FINDINGS:-}" ] || kept=$LOCKWRAP_FUZZ_FINDINGS/profile
mkdir -p "$(dirname "$kept")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/corpus"
"$seeds" "$folder/corpus"
for run in 1 2; do LOCKWRAP_OPTIONS=profile_path=$folder/$run.pb.gz "$program" >/dev/null; done
"$LOCKWRAP_COMMAND" symbolize "$folder/1.pb.gz" --binary "$program" -o "$folder/named.pb.gz"
"$LOCKWRAP_COMMAND" merge "$folder/1.pb.gz" "$folder/2.pb.gz" -o "$folder/merged.pb.gz"
for profile in 1 named merged; do gzip -dc "$folder/$profile.pb.gz" >"$folder/corpus/real-$profile"; done
cp "$folder/1.pb.gz" "$folder/corpus/packed"
"$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 -artifact_prefix="$kept-" \
  "$folder/corpus" >"$folder/said" 2>&1 || {
  code=$?
  grep -vE '^#[0-9]+' "$folder/said" | head -n 60
  exit $code
}
grep -E 'number_of_executed_units|new_units_added' "$folder/said"
