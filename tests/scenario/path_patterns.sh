#!/usr/bin/env bash
# path_patterns.sh PROGRAM: %e, %p, %h, %% in profile_path; an unknown one is a line on stderr and no file.
. "${0%/*}/support.sh"
export PRINT_PID=1
run_program 0 "profile_path=$folder/%e.%p.100%%.%h.pb.gz" "$1"
no_errors
pid=$(sed -n 's/^pid=//p' "$folder/output")
only_files "${1##*/}.$pid.100%.$(uname -n).pb.gz"
check_report "$folder/${1##*/}.$pid.100%.$(uname -n).pb.gz" locks==1 pid==measured.pid
rm "$folder"/*.pb.gz

before=$(date +%s)
run_program 0 "profile_path=$folder/%t" "$1"
name=$(ls "$folder" | grep -vE 'output|errors|report.json')
[ "$name" -ge "$before" ] && [ "$name" -le "$(date +%s)" ] || fail "%t gave $name"
rm "$folder/$name"

for pattern in %q %; do
  run_program 7 "profile_path=$folder/$pattern" "$1" 7
  [ "$(wc -l <"$folder/errors")" -eq 1 ] || fail "not one line for $pattern"
  grep -qF "$folder/$pattern" "$folder/errors" || fail "the line does not name the path"
  only_files ""
done
