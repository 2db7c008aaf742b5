#!/usr/bin/env bash
# confirm.sh STATIC DYNAMIC: confirm=1 is one line, with as many functions of the archive as `lockwrap check` finds wrapped, and the shared libraries whose
# calls are not; DYNAMIC has libscenario_outside.so and the C++ library.
. "${0%/*}/support.sh"

# confirms PROGRAM LIBRARIES ACTIVE
confirms() {
  local wrapped
  run_program 7 "confirm=1:active=$3" "$1" 7
  [ "$(wc -l <"$folder/errors")" = 1 ] || fail "not one line"
  wrapped=$(sed -nE "s/^lockwrap .*; log to stderr; this archive wraps ([0-9]+) functions; outside: $2\$/\1/p" "$folder/errors")
  [ -n "$wrapped" ] || fail "outside should be: $2"
  "$LOCKWRAP_COMMAND" check --json "$1" >"$folder/output" || fail "lockwrap check ended with $?"
  [ "$wrapped" = "$(awk '/^ *"wrapped": [0-9]/ { sum += $2 } END { print sum }' "$folder/output")" ] || fail "lockwrap check finds another number of functions"
}
for active in 1 0; do
  confirms "$1" "no shared library" $active
  confirms "$2" "libscenario_outside\.so libstdc\+\+\.so\.6" $active
done
