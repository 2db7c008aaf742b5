#!/usr/bin/env bash
# json.sh WRAPPED PAST PLAIN: the fields of --json, for a wrapped program, one in which calls go past, and one without lockwrap.
# From CMake: LOCKWRAP_COMMAND.
set -euo pipefail
: "${LOCKWRAP_COMMAND:?run this through ctest}"

# holds EXIT_STATUS PROGRAM LINE...: without the spaces before each line and the comma behind it.
holds() {
  local status=0 said line
  said=$("$LOCKWRAP_COMMAND" check --json "$2" | sed -E 's/^ +//; s/,$//') || status=$?
  [ $status -eq "$1" ] || { printf '%s ended with %s:\n%s\n' "$2" $status "$said" && exit 1; }
  for line in "${@:3}"; do
    grep -qxF -- "$line" <<<"$said" || { printf '%s lacks %s:\n%s\n' "$2" "$line" "$said" && exit 1; }
  done
}
holds 0 "$1" '"version": 1' '"verdict": "wrapped"' '"past": []' '"calls_examined": true' '"untold_calls": 0' '"link": "static"' \
  '"stripped": false' '"family": "mutex"' '"name": "glibc"'
holds 1 "$2" '"verdict": "partly"' '"by": "count_past"' '"called": "pthread_mutex_unlock"' '"takes_address": true'
holds 1 "$3" '"verdict": "not"' '"lockwrap": null' '"calls_examined": false' '"families": []'
