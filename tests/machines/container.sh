#!/usr/bin/env bash
# container.sh SERVICE DEMO: the container example. A stripped service in an image of one file writes its profile to the mounted folder when
# process 1 gets the signal; on the host the unstripped program is found by build-id, and by nothing else.
. "${0%/*}/../scenario/support.sh"
service=$1 demo=$2
status=0
"$demo" "$service" "$LOCKWRAP_COMMAND" "$folder/demo" >"$folder/output" 2>"$folder/errors" || status=$?
if [ "$status" -eq 77 ]; then
  echo "skipped: $(cat "$folder/errors")"
  exit 77
fi
[ "$status" -eq 0 ] || fail "ended with $status"
cd "$folder/demo"

[ "$(ls image)" = service ] || fail "more than the service is in the image"
nm image/service 2>&1 | grep -q "no symbols" || fail "the service in the image is not stripped"
profile=$(echo profiles/*.pb.gz)
gzip -t "$profile" || fail "no complete profile"
[[ $profile == profiles/service.*.pb.gz ]] || fail "the name is not as the image says: $profile"
head -n 1 report.txt | grep -q "^service, pid 1, " || fail "the profile is not of process 1"
grep -qE '^ledger .*Ledger::[a-z_]+\(\) ledger.cpp:.*Ledger::write_snapshot\(\) ledger.cpp:' report.txt || fail "the culprit is not named"

# Names are in the file now: it needs no program any more.
"$LOCKWRAP_COMMAND" report named.pb.gz >"$folder/named.txt" 2>"$folder/errors"
no_errors
diff report.txt "$folder/named.txt" || fail "the symbolised profile says something else"

# By build-id: not without the folder, and not by the name of another program.
refused() {
  status=0
  "$LOCKWRAP_COMMAND" symbolize "$profile" "$@" -o refused.pb.gz 2>"$folder/errors" || status=$?
  [ "$status" -eq 2 ] && [ ! -e refused.pb.gz ] || fail "symbolised with: $*"
}
refused
grep -q "no program with build-id" "$folder/errors" || fail "the build-id is not named"
mkdir other && cp "$LOCKWRAP_COMMAND" other/service
refused --debug-directory other
refused --binary other/service
grep -q "is another build" "$folder/errors" || fail "the other build is not refused as such"
# The unstripped program under its own name is as good.
mkdir own && cp "$service" own/service
"$LOCKWRAP_COMMAND" report "$profile" --debug-directory own | diff report.txt - || fail "not found by its name"
