#!/usr/bin/env bash
# closed_output.sh PROGRAM: a daemon that closed its standard descriptors: its own files then are number 0, 1 and 2, and no report or
# message may get into them.
. "${0%/*}/support.sh"
for options in "" ":report_at_exit=1" ":confirm=1:help=1" ":no_such_option=1" ":sample_us=x:report_at_exit=1"; do
  echo "options $options"
  : >"$folder/output"
  rm -f "$folder"/own.*
  status=0
  LOCKWRAP_OPTIONS="profile_path=$folder/profile.pb.gz$options" \
    "${launch[@]}" "$1" 7 "$folder/own.0" "$folder/own.1" "$folder/own.2" "$folder/own.3" <&- >&- 2>&- || status=$?
  [ "$status" -eq 7 ] || fail "ended with $status"
  for number in 0 1 2 3; do
    [ "$(cat "$folder/own.$number")" = mine ] || fail "file $number holds: $(head -c 500 "$folder/own.$number")"
  done
  check_report "$folder/profile.pb.gz" locks==1 lock=counter contentions==1
  rm "$folder/profile.pb.gz"
done

# A path that cannot be written must not be complained about in those files either.
status=0
LOCKWRAP_OPTIONS="profile_path=$folder/missing/profile" "${launch[@]}" "$1" 7 "$folder/a" "$folder/b" "$folder/c" <&- >&- 2>&- || status=$?
[ "$status" -eq 7 ] || fail "ended with $status"
[ "$(cat "$folder/a" "$folder/b" "$folder/c" | sort -u)" = mine ] || fail "the complaint got into a file of the program"
