#!/usr/bin/env bash
# Nothing in the tree, and nothing in the archive but its debug information, names a folder of the machine that made it.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"
# The brackets keep this line from finding itself.
personal='(^|[^A-Za-z0-9_./-])/([h]ome|[U]sers|[r]oot|[w]ork|[m]nt)/[A-Za-z0-9_.]'

# check_tree ROOT
check_tree() {
  local offences=0 file
  while read -r file; do
    none grep -IHnE -- "$personal" "$1/$file" || offences=1
  done < <(source_files "$1")
  return $offences
}

# check_archive ARCHIVE SOURCE_FOLDER
check_archive() {
  "$OBJCOPY" --strip-debug "$1" "$scratch/stripped"
  none grep -aoF -- "$2/" "$scratch/stripped"
}

accepts check_tree "$LOCKWRAP_SOURCE"
accepts check_archive "$LOCKWRAP_ARCHIVE" "$LOCKWRAP_SOURCE"

mkdir "$scratch/tree"
printf 'cd /%s/me/lockwrap\n' home >"$scratch/tree/run"
refuses "run:1:" check_tree "$scratch/tree"
printf '#include "runtime/%s/me"\n' home >"$scratch/tree/run"
accepts check_tree "$scratch/tree"
object named "const char *file(void) { return \"$LOCKWRAP_SOURCE/runtime/hooks.cpp\"; }"
refuses "$LOCKWRAP_SOURCE" check_archive "$scratch/named.o" "$LOCKWRAP_SOURCE"
