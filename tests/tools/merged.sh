#!/usr/bin/env bash
# merged.sh PROGRAM: processes that were loaded at different addresses become one profile, in which each lock and each stack is there once and
# pprof finds the names.
. "${0%/*}/support.sh"
program=$1
total=0
for run in 1 2 3; do
  record "$program"
  mv "$folder/profile.pb.gz" "$folder/$run.pb.gz"
  waits=$("$LOCKWRAP_COMMAND" export "$folder/$run.pb.gz" --format=csv | tr -d '\r' | sed 1d | sed 's/^"the ""ledger"", main"/ledger/' | cut -d , -f 4 | paste -sd +)
  total=$((total + waits))
done
merged=$folder/merged.pb.gz named=$folder/named.pb.gz
"$LOCKWRAP_COMMAND" merge "$folder"/[123].pb.gz -o "$merged"
"$LOCKWRAP_COMMAND" symbolize "$merged" --binary "$program" -o "$named"

go tool pprof -comments "$merged" >"$folder/comments" 2>/dev/null || fail "pprof does not take what was merged"
[ "$(grep -c '^lockwrap lock' "$folder/comments")" = 2 ] || fail "not two locks:" "$folder/comments"
[ "$(grep -c ' instances=3 ' "$folder/comments")" = 2 ] || fail "not three instances each:" "$folder/comments"
holds "$folder/comments" 'files=3'

go tool pprof -top -tagfocus=side=waiter -sample_index=contentions "$named" >"$folder/top" 2>&1 || fail "pprof" "$folder/top"
holds "$folder/top" "accounting for $total,"
holds "$folder/top" 'audit'
"$LOCKWRAP_COMMAND" report "$named" >"$folder/report"
holds "$folder/report" 'journal (in 3 processes)'
holds "$folder/report" '3 profiles'
