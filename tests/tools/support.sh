# What the scripts share; to be sourced. CTest gives LOCKWRAP_COMMAND. $folder is an empty directory that goes away at the end, as does what
# $background names.
set -euo pipefail
unset LOCKWRAP_OPTIONS
export HOME
folder=$(mktemp -d)
HOME=$folder
background=
end_test() {
  if [ -n "$background" ]; then kill "$background" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap end_test EXIT

fail() {
  echo "failed: $1"
  [ $# -lt 2 ] || head -c 4000 "$2"
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

# record PROGRAM: runs it and leaves its profile in $folder/profile.pb.gz and what it printed in $folder/printed.
record() { LOCKWRAP_OPTIONS=profile_path=$folder/profile.pb.gz "$1" >"$folder/printed" || fail "$1 ended with $?"; }

# printed NAME: the line of the source that the program named.
printed() { sed -n "s/^$1=//p" "$folder/printed"; }

# holds FILE TEXT: as it is, not as a pattern.
holds() { grep -qF -- "$2" "$1" || fail "$(basename "$1") does not hold '$2' but:" "$1"; }
lacks() { ! grep -qF -- "$2" "$1" || fail "$(basename "$1") holds '$2':" "$1"; }

# within_20_s COMMAND...: until it succeeds.
within_20_s() {
  local i
  for ((i = 0; i < 400; ++i)); do
    if "$@"; then return; fi
    sleep 0.05
  done
  fail "not within 20 s: $*"
}
