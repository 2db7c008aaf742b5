# What the checks share; sourced. A check is a function that prints every offence and fails if there is one. A check that
# cannot fail checks nothing, so each script also shows its function something bad, which it must refuse.
#
# From CMake: LOCKWRAP_SOURCE (the tree), LOCKWRAP_ARCHIVE, LOCKWRAP_FLAGS_FILE (response file with the link flags),
# LOCKWRAP_SYMBOLS (wrapped by this build, with spaces between), LOCKWRAP_OTHER_ARCHIVES (the archive with other libcs), and the tools CC, NM, READELF, OBJCOPY, SIZE.
# shellcheck shell=bash
set -euo pipefail
: "${LOCKWRAP_SOURCE:?run this through ctest}"
[ -s "$LOCKWRAP_ARCHIVE" ] || { echo "no archive: $LOCKWRAP_ARCHIVE" && exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# accepts CHECK...: the command passes.
accepts() {
  if ! "$@" >"$scratch/offences"; then
    printf 'refused: %s\n' "$*"
    cat "$scratch/offences"
    exit 1
  fi
}

# refuses WHAT CHECK...: the command fails, and names WHAT among its offences.
refuses() {
  local what=$1
  shift
  if "$@" >"$scratch/offences"; then
    printf 'this check cannot fail: it accepted %s\n' "$what"
    exit 1
  fi
  if ! grep -qF -- "$what" "$scratch/offences"; then
    printf 'refused, but without naming %s:\n' "$what"
    cat "$scratch/offences"
    exit 1
  fi
}

# none COMMAND...: passes what the command prints on; fails if that is anything.
none() {
  local text
  text=$("$@") || true
  [ -z "$text" ] && return 0
  printf '%s\n' "$text"
  return 1
}

# object NAME SOURCE: compiles C source text to $scratch/NAME.o.
object() { printf '%s\n' "$2" | "$CC" -x c -ffunction-sections -c -o "$scratch/$1.o" -; }

# source_files ROOT: what people wrote, relative to ROOT.
source_files() {
  (cd "$1" && find . \( -name .git -o -name build -o -name out -o -name .cache \) -prune -o -type f -printf '%P\n' | sort)
}
