# Sourced by the tests of this folder, with their arguments: PREFIX FOLDER. PREFIX: where lockwrap is installed; FOLDER: for sources, builds
# and what the programs write.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# -ne 2 ]; then
  echo "usage: $0 PREFIX FOLDER (see $here/README.md)" >&2
  exit 2
fi
prefix=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
project=$(basename "$0")
toolchain=$prefix/lib/cmake/lockwrap/lockwrap-toolchain.cmake
work=$folder/$project.work
jobs=$(nproc)
rm -rf "$work"
mkdir -p "$work/written"

# What every program of the project runs with: a profile each, and findings in files of their own.
export LOCKWRAP_OPTIONS="profile_path=$work/written/%e.%p.pb.gz:log=$work/written/%e.%p.findings"

fail() {
  echo "outside.$project: $1" >&2
  exit 1
}

step() { # step NAME COMMAND...: its output is shown only when it fails
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 || {
    tail -n 40 "$work/$name.log" >&2
    fail "$name failed (the end of its output is above; all of it: $work/$name.log)"
  }
}

# nothing_is_told PROGRAMS: no finding, and at least so many programs that lockwrap was in have left their profile.
nothing_is_told() {
  local findings profiles
  findings=$(find "$work/written" -name '*.findings' -size +0 | sort)
  if [ -n "$findings" ]; then
    head -n 30 $findings >&2
    fail "findings are told of $(wc -w <<<"$findings") programs (the first lines are above)"
  fi
  profiles=$(find "$work/written" -name '*.pb.gz' | wc -l)
  [ "$profiles" -ge "$1" ] || fail "$profiles programs have left a profile, not $1 or more: lockwrap is not in them"
  echo "$profiles programs ran with lockwrap in; nothing was told"
}

# lock_is_seen LOCK PROGRAM: in a report of the profiles of PROGRAM ('*': of any), a row of LOCK, a part of the lock's name.
lock_is_seen() {
  local profile
  for profile in "$work/written/"$2.*.pb.gz; do
    "$prefix/bin/lockwrap" report "$profile" >"$work/report" 2>"$work/warnings" || fail "$profile: $(cat "$work/warnings")"
    if grep "^[^ ].*$1" "$work/report" >"$work/row"; then
      echo "$(basename "$profile"): $(head -n 1 "$work/row")"
      return
    fi
  done
  fail "no report of $2 has a row of $1"
}
