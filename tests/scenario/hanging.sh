#!/usr/bin/env bash
# hanging.sh PROGRAM: a signal dumps the profile and the report of a program that hangs; it goes on afterwards.
. "${0%/*}/support.sh"
mkfifo "$folder/go"
LOCKWRAP_OPTIONS="profile_path=$folder/profile.pb.gz:dump_signal=USR2:log=$folder/log" \
  "${launch[@]}" "$1" <"$folder/go" >"$folder/output" 2>"$folder/errors" &
background=$!
exec 9>"$folder/go"
within_10_s grep -q hanging "$folder/output"

last_ns=0
for dump in 1 2 3; do
  kill -USR2 "$background"
  within_10_s test -f "$folder/profile.pb.gz"
  within_10_s eval '[ "$(grep -c "contention of" "$folder/log" 2>/dev/null)" = '$dump' ]'
  kill -0 "$background" || fail "the program ended"
  check_report "$folder/profile.pb.gz" locks==1 lock=disk contentions==3 'held_by:write_snapshot>=90' 'waits_in:serve>=99' \
    'pair:serve/write_snapshot>=90' "wait_ns>=$last_ns" 'dropped==0'
  "$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
  last_ns=$(sed -n 's/^      "wait_ns": \([0-9]*\),$/\1/p' "$folder/report.json" | head -n 1)
  [ "$last_ns" -gt 0 ] || fail "wait_ns is not in the report"
  rm "$folder/profile.pb.gz"
done
grep -q 'disk.*serve.*write_snapshot' "$folder/log" || fail "the log is: $(cat "$folder/log")"
no_errors

echo >&9
status=0
wait "$background" || status=$?
background=
[ "$status" -eq 0 ] || fail "ended with $status"
grep -q 'went on' "$folder/output" || fail "it did not go on"
check_report "$folder/profile.pb.gz" locks==1 lock=disk contentions==3 'held_by:write_snapshot>=90' "wait_ns>=$last_ns"
"$CHECK_PROFILE" totals "$folder/profile.pb.gz" || fail "the profile does not add up"
only_files go log profile.pb.gz
