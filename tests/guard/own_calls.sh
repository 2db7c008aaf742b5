#!/usr/bin/env bash
# own_calls.sh PROGRAM: of the calls of guarded functions, lockwrap's own are silent.
. "${0%/*}/../scenario/support.sh"
run_program 0 "profile_path=$folder/profile.pb.gz:sample_us=1:report_at_exit=1:log=$folder/log" "$1"
no_errors
gzip -t "$folder/profile.pb.gz" || fail "no profile"
cat "$folder/log" >"$folder/errors"
[ "$(grep -c '^lockwrap: misuse: .* unlocks `table`' "$folder/log")" = 1 ] || fail "the misuse was not told"
grep -q '^lockwrap: held-in-call: .* calls clock_gettime with `journal` locked\.$' "$folder/log" || fail "the program's call was not told"
# The parent's call and the standard library's are the program's; they are told with their place.
if grep -A40 '^lockwrap: held-in-call' "$folder/log" | grep -E '^  called in .*lockwrap'; then fail "a call of lockwrap's own was told"; fi
