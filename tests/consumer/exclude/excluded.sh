#!/bin/sh
# excluded.sh PROGRAM [jemalloc]: noisy_lock must not be in its report, counter_lock must; nor any lock of jemalloc, which must be there. LOCKWRAP_COMMAND, if
# there is one, says so of the stripped program, too.
set -eu
fail() {
  echo "$1: $2" >&2
  exit 1
}

report=$(LOCKWRAP_OPTIONS=report_at_exit=1 "$1" 2>&1) || fail "$1" "ended with $?: $report"
case $report in
  *noisy_lock*) fail "$1" "noisy_lock is seen: $report" ;;
  *counter_lock*) ;;
  *) fail "$1" "counter_lock is not seen: $report" ;;
esac
if [ "${2:-}" = jemalloc ]; then
  nm "$1" | grep -q ' [tT] mallctl$' || fail "$1" "has no jemalloc"
  # Its slow path calls libc's own function, not the wrapper.
  calls=$(objdump -d --no-show-raw-insn "$1" | sed -n '/<je_malloc_mutex_lock_slow>:/,/^$/p' | grep -o '<[_a-z]*pthread_mutex_lock[^>]*>' | sort -u)
  case $calls in
    *__wrap_*) fail "$1" "jemalloc calls the wrapper: $calls" ;;
    *pthread_mutex_lock*) ;;
    *) fail "$1" "jemalloc's slow path calls nothing: $calls" ;;
  esac
fi
if [ -n "${LOCKWRAP_COMMAND:-}" ]; then
  strip -o "$1.stripped" "$1"
  status=0
  said=$("$LOCKWRAP_COMMAND" check "$1.stripped") || status=$?
  [ $status -eq 1 ] || fail "$1" "lockwrap check ended with $status: $said"
  case $said in
    *"lockwrap_exclude has let noisy"*"go past lockwrap "* | *"lockwrap_exclude has let libstored.a go past lockwrap "*) ;;
    *) fail "$1" "lockwrap check does not tell what is excluded: $said" ;;
  esac
fi
