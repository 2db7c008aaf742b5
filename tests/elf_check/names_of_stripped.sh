#!/usr/bin/env bash
# names_of_stripped.sh PROGRAM OTHER: a stripped static program in which something goes past, and where its names can come from: the
# unstripped program, a debug file that is named, one that is found by build-id. OTHER is another build.
# From CMake: LOCKWRAP_COMMAND, OBJCOPY, STRIP.
set -euo pipefail
: "${LOCKWRAP_COMMAND:?run this through ctest}"
program=$1 other=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$STRIP" -o "$folder/stripped" "$program"
"$OBJCOPY" --only-keep-debug "$program" "$folder/names.debug"
build_id=$({ "$LOCKWRAP_COMMAND" check --json "$program" || true; } | sed -n 's/.*"build_id": "\(.*\)".*/\1/p')
mkdir -p "$folder/debug/.build-id/${build_id:0:2}"
cp "$folder/names.debug" "$folder/debug/.build-id/${build_id:0:2}/${build_id:2}.debug"

# says EXIT_STATUS TEXT ARGUMENT...
says() {
  local status=0
  "$LOCKWRAP_COMMAND" check "${@:3}" "$folder/stripped" >"$folder/said" 2>&1 || status=$?
  if [ $status -ne "$1" ] || ! grep -qF -- "$2" "$folder/said"; then
    echo "check ${*:3} ended with $status, wanted $1 and '$2':" && cat "$folder/said" && exit 1
  fi
}
says 0 "cannot be told apart"
says 1 "count_past" --symbols "$program"
says 1 "count_past" --symbols "$folder/names.debug"
says 1 "count_past" --debug-directory "$folder/debug"
says 1 "try_past (calls_past.c)" --debug-directory "$folder/debug"
says 1 ", stripped" --symbols "$program"
says 2 "is of another build" --symbols "$other"
says 2 "No such file" --symbols "$folder/absent"
