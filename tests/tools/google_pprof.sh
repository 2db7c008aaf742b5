#!/usr/bin/env bash
# google_pprof.sh PROGRAM: the pprof programs of gperftools and of jemalloc, which read text alone, show what the program waited for: C++ names,
# and the time as it is in the folded stacks.
. "${0%/*}/support.sh"
record "$1"
mkdir "$folder/tmp"
export TMPDIR=$folder/tmp # pprof leaves files there
for side in waiter holder; do
  "$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --format=contention --side=$side -o "$folder/$side.contention"
  "$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --format=folded --side=$side -o "$folder/$side.folded"
done
rm "$folder/profile.pb.gz"
for tool in google-pprof jeprof; do
  for side in waiter holder; do
    said=$folder/$tool-$side
    "$tool" --text "$folder/$side.contention" >"$said" 2>"$folder/errors" </dev/null || fail "$tool ended with $?" "$folder/errors"
    ! grep -v '^Using local file' "$folder/errors" | grep -q . || fail "$tool has something to say:" "$folder/errors"
    total=$(awk '{ sum += $NF } END { printf "%.3f", sum / 1e9 }' "$folder/$side.folded")
    holds "$said" "Total: $total seconds"
  done
  # The share of a function itself, and with what it calls: audit() waits, review() calls it.
  grep -qE '^ +0\.0[0-9]+ +[1-9][0-9]\.[0-9]% .* audit$' "$folder/$tool-waiter" || fail "audit() does not wait:" "$folder/$tool-waiter"
  grep -qE '^ +0\.000 +0\.0% .* 0\.0[0-9]+ +[1-9][0-9]\.[0-9]% Vault::review$' "$folder/$tool-waiter" || fail "review() does not call it:" "$folder/$tool-waiter"
  holds "$folder/$tool-waiter" append
  lacks "$folder/$tool-waiter" save
  holds "$folder/$tool-holder" save
done
"google-pprof" --contentions --text "$folder/waiter.contention" >"$folder/counted" 2>/dev/null </dev/null
holds "$folder/counted" "Total: $(awk '/^[0-9]+ [0-9]+ @/ { sum += $2 } END { print sum }' "$folder/waiter.contention") samples"
