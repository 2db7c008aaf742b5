#!/usr/bin/env bash
# secure_program.sh PROGRAM: a set-user-ID program takes no options from whoever starts it. Needs root to make one.
. "${0%/*}/support.sh"
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "only root can make a set-user-ID program of another user"
command -v setpriv >/dev/null || skip "setpriv is not installed"
id nobody >/dev/null 2>&1 || skip "there is no user nobody"
chmod 755 "$folder"
mkdir -m 777 "$folder/here"
cp "$1" "$folder/program"
as_user() { run_program 7 "$1" setpriv --reuid=12345 --regid=12345 --clear-groups "$folder/program" 7; }

as_user "profile_path=$folder/here/profile.pb.gz:report_at_exit=1" # the options work before ...
[ -f "$folder/here/profile.pb.gz" ] || fail "an ordinary program wrote no profile"
rm "$folder/here/profile.pb.gz"
chown nobody "$folder/program"
chmod 4755 "$folder/program"
as_user "profile_path=$folder/here/profile.pb.gz:report_at_exit=1:no_such_option=1" # ... and not after
grep -qx 'secure=[1-9].*' "$folder/output" || skip "set-user-ID has no effect here (nosuid or no_new_privs)"
no_errors
[ -z "$(ls -A "$folder/here")" ] || fail "files appeared: $(ls -A "$folder/here")"
