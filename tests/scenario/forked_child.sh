#!/usr/bin/env bash
# forked_child.sh PROGRAM: the child's profile has the pid in its name and nothing of its parent; the parent's stays whole.
. "${0%/*}/support.sh"
run_program 0 "profile_path=$folder/profile.pb.gz" "$1"
no_errors
child=$(sed -n 's/^child_pid=//p' "$folder/output")
only_files profile.pb.gz "profile.pb.gz.$child"
check_report "$folder/profile.pb.gz" locks==1 lock=parent_lock contentions==4 pid==measured.parent_pid
check_report "$folder/profile.pb.gz.$child" locks==1 lock=child_lock contentions==2 pid==measured.child_pid
"$CHECK_PROFILE" totals "$folder/profile.pb.gz.$child" || fail "the child's profile does not add up"

rm "$folder"/profile*
run_program 0 "profile_path=$folder/%p.pb.gz" "$1"
child=$(sed -n 's/^child_pid=//p' "$folder/output")
parent=$(sed -n 's/^parent_pid=//p' "$folder/output")
only_files "$child.pb.gz" "$parent.pb.gz"
