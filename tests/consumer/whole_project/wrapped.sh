#!/bin/sh
# wrapped.sh PROGRAM [static] [jemalloc]: PROGRAM must run, name the lock that it waits for, and be what is said of it.
# LOCKWRAP_COMMAND, if there is one, calls it wrapped, too.
set -eu
program=$1
shift
fail() {
  echo "$program: $1" >&2
  exit 1
}

report=$(LOCKWRAP_OPTIONS=report_at_exit=1 "$program" 2>&1) || fail "ended with $?: $report"
case $report in
  *counter_lock*) ;;
  *) fail "is not wrapped: its report says nothing of counter_lock: $report" ;;
esac
if [ -n "${LOCKWRAP_COMMAND:-}" ]; then
  said=$("$LOCKWRAP_COMMAND" check "$program") || fail "lockwrap check ended with $?: $said"
fi
for claim; do
  case $claim in
    static) ! readelf -l "$program" | grep -q INTERP || fail "asks for a loader" ;;
    dynamic) readelf -l "$program" | grep -q INTERP || fail "is static" ;;
    jemalloc) nm "$program" | grep -q ' T mallctl$' || fail "has no jemalloc" ;;
    *) fail "unknown claim $claim" ;;
  esac
done
