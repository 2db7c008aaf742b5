#!/usr/bin/env bash
# no_programs.sh WRAPPED: files that are no program, and programs that nobody may read, are each refused with a sentence that says what the
# file is. From CMake: LOCKWRAP_COMMAND, CC, AR, OBJCOPY.
set -euo pipefail
: "${LOCKWRAP_COMMAND:?run this through ctest}"
wrapped=$1
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

# refused TEXT PATH
refused() { "$here/expect.sh" 2 "$2" "lockwrap: $2: " "$1"; }

echo 'int number(void) { return 1; }' >"$folder/number.c"
"$CC" -c "$folder/number.c" -o "$folder/number.o"
"$AR" rc "$folder/libnumber.a" "$folder/number.o"
: >"$folder/empty"
printf '#!/bin/sh\nexit 0\n' >"$folder/script"
printf '\177EL' >"$folder/short"
printf '\177ELF' >"$folder/only_a_mark"
"$OBJCOPY" --only-keep-debug "$wrapped" "$folder/debug_file"
mkfifo "$folder/pipe"

refused "is an object file" "$folder/number.o"
refused "is an archive" "$folder/libnumber.a"
refused "is empty" "$folder/empty"
refused "is a script" "$folder/script"
refused "is not an ELF file" "$folder/number.c"
refused "is not an ELF file" "$folder/short"
refused "is damaged" "$folder/only_a_mark"
refused "is a directory" "$folder"
refused "is not a regular file" "$folder/pipe"
refused "is not a regular file" /dev/null
refused "No such file" "$folder/absent"
refused "has no code, as a debug file" "$folder/debug_file"

size=$(stat -c %s "$wrapped")
for part in 17 40 64 200 1000 4096 $((size / 2)) $((size - 1)); do
  head -c "$part" "$wrapped" >"$folder/cut"
  "$here/expect.sh" 2 "$folder/cut" "lockwrap: $folder/cut: is "
done

# Root may read everything, so somebody else has to try.
cp "$LOCKWRAP_COMMAND" "$folder/lockwrap"
cp "$wrapped" "$folder/secret"
chmod 000 "$folder/secret"
as_other=()
[ "$(id -u)" -ne 0 ] || as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
status=0
"${as_other[@]}" "$folder/lockwrap" check "$folder/secret" >"$folder/said" 2>&1 || status=$?
if [ $status -ne 2 ] || ! grep -q "cannot be opened (Permission denied)" "$folder/said"; then
  echo "ended with $status:" && cat "$folder/said" && exit 1
fi

# Without lockwrap's note nothing can be said, which must not look like "not wrapped".
"$OBJCOPY" --remove-section .note.lockwrap "$wrapped" "$folder/without_note"
refused "has lockwrap's code, but not its note" "$folder/without_note"
