#!/usr/bin/env bash
# unwritable_profile.sh PROGRAM: one clear line that names the path, the exit status as ever, nothing left behind.
. "${0%/*}/support.sh"
mkdir "$folder/directory"
: >"$folder/file"
for path in "$folder/missing/profile" "$folder/directory" "$folder/directory/" "$folder/file/profile" /dev/full \
  "/proc/profile" "$folder/$(printf '%0300d' 0)"; do
  echo "path $path"
  run_program 7 "profile_path=$path" "$1" 7
  [ "$(wc -l <"$folder/errors")" -eq 1 ] || fail "not one line on stderr"
  grep -qF -- "'$path': " "$folder/errors" || fail "the line does not name the path"
  ! grep -q 'errno' "$folder/errors" || fail "the line tells a number, not a reason"
  only_files directory file
  [ -z "$(ls -A "$folder/directory")" ] || fail "something was left in the directory"
  [ ! -s "$folder/file" ] || fail "the file was written"
done
