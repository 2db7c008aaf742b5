# What the scenario scripts share; to be sourced. CTest gives LOCKWRAP_COMMAND, CHECK_REPORT, CHECK_PROFILE. $folder is an empty
# directory that goes away at the end.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../targets/launch.sh"
unset LOCKWRAP_OPTIONS
folder=$(mktemp -d)
background=
end_scenario() {
  if [ -n "$background" ]; then kill -KILL "$background" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap end_scenario EXIT

fail() {
  echo "failed: $*"
  for file in "$folder"/errors "$folder"/output; do
    if [ -s "$file" ]; then echo "--- ${file##*/}" && head -c 4000 "$file"; fi
  done
  exit 1
}

# run_program STATUS OPTIONS PROGRAM ARGUMENTS...: into $folder/output and $folder/errors; must end with STATUS.
run_program() {
  local expected=$1 options=$2 status=0
  shift 2
  LOCKWRAP_OPTIONS=$options "${launch[@]}" "$@" >"$folder/output" 2>"$folder/errors" || status=$?
  [ "$status" -eq "$expected" ] || fail "ended with $status, not $expected, under LOCKWRAP_OPTIONS='$options'"
}

# check_report PROFILE STATEMENT...: see check_report.cpp.
check_report() {
  [ -f "$1" ] || fail "there is no profile $1 (only: $(ls "$folder"))"
  gzip -t "$1" || fail "$1 is no complete gzip file"
  "$LOCKWRAP_COMMAND" report --json "$1" -o "$folder/report.json"
  shift
  "$CHECK_REPORT" "$folder/report.json" "$folder/output" "$@" || fail "the report is not as expected"
}

no_errors() { [ ! -s "$folder/errors" ] || fail "something was printed to stderr"; }

# one_finding NAME LINE...: what was told is one finding, complete, with these lines, which may be regular expressions.
one_finding() {
  local name=$1 line
  shift
  [ "$(grep -c '^lockwrap: ' "$folder/errors")" = 1 ] || fail "$name: not one finding"
  for line in "$@" '^  to do: '; do
    grep -qE "$line" "$folder/errors" || fail "$name: no line like $line"
  done
  [ "$(tail -n 1 "$folder/errors")" = "" ] || fail "$name: the finding does not end with an empty line"
}

# only_files NAME...: what $folder holds besides output, errors and report.json.
only_files() {
  local found wanted
  found=$(ls -A "$folder" | grep -vxE 'output|errors|report.json' || true)
  wanted=$(printf '%s\n' "$@" | LC_ALL=C sort)
  [ "$(echo "$found" | LC_ALL=C sort)" = "$wanted" ] || fail "files are '$found', not '$wanted'"
}

# within_10_s COMMAND...: until it succeeds.
within_10_s() {
  local i
  for ((i = 0; i < 200; ++i)); do
    if "$@"; then return; fi
    sleep 0.05
  done
  fail "not within 10 s: $*"
}
