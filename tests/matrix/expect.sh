# What the tests of linkers share: a scratch folder, failures, and looks at what was printed. To be sourced.
# shellcheck shell=bash
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/matrix/notes.sh
. "$here/notes.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { # fail TEXT [FILE]: with the first lines of that file, and what to do, if the test says it in to_do
  [ $# -lt 2 ] || head -n 30 "$2"
  printf '%s\n' "$1" ${to_do:+"$to_do"} >&2
  exit 1
}

# says FILE TEXT: the file holds it.
says() { grep -qF -- "$2" "$1" || fail "this is not said: $2" "$1"; }

# kind_option KIND: what the compiler is told.
kind_option() { [ "$1" = dynamic ] || echo "-$1"; }

# steadily COMMAND...: without random addresses, where that may be asked for. Some kernels spread them more widely than these sanitizers know, and
# a program ends at its start then, with lockwrap or without.
steadily() {
  if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}
