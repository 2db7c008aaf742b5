#!/usr/bin/env bash
# The archive adds __wrap_X for each function of the list that this libc has, and lockwrap_runtime_*, to a program's
# names, and nothing else: no body without a line in the list, no line without a body, no inner function to collide with.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

defined() { "$NM" -P -g --defined-only "$1" | awk 'NF >= 2 { print $1 }' | sort -u; }

# check ARCHIVE
check() {
  local offences=0 name names weak
  names=" $(defined "$1" | tr '\n' ' ')"
  weak=" $("$NM" -P -g --defined-only "$1" | awk '$2 == "W" { printf "%s ", $1 }')"
  for name in $names; do
    case $name in
      __wrap_*)
        [[ " $LOCKWRAP_SYMBOLS " == *" ${name#__wrap_} "* ]] ||
          { echo "$name: a body without a line in wrapped_symbols.def" && offences=1; } ;;
      lockwrap_runtime_*) ;;
      __pthread_*) # the weak stand-in of an inner function, which gives way to libc's own
        [[ " $LOCKWRAP_INNER_SYMBOLS " == *" $name "* && $weak == *" $name "* ]] ||
          { echo "$name: not ours to define in a user's program" && offences=1; } ;;
      *) echo "$name: not ours to define in a user's program" && offences=1 ;;
    esac
  done
  for name in $LOCKWRAP_SYMBOLS; do
    [[ $names == *" __wrap_$name "* ]] || { echo "$name: in the list, but no body" && offences=1; }
  done
  return $offences
}

accepts check "$LOCKWRAP_ARCHIVE"

bodies=$(for name in $LOCKWRAP_SYMBOLS; do echo "void __wrap_$name(void) {}"; done)
object complete "$bodies"
accepts check "$scratch/complete.o"
object unlisted "$bodies void __wrap_puts(void) {}"
refuses "__wrap_puts" check "$scratch/unlisted.o"
object leaking "$bodies void append_text(void) {}"
refuses "append_text" check "$scratch/leaking.o"
object strong "$bodies void ${LOCKWRAP_INNER_SYMBOLS%% *}(void) {}"
[ -z "$LOCKWRAP_INNER_SYMBOLS" ] || refuses "not ours to define" check "$scratch/strong.o"
object incomplete "${bodies#*$'\n'}"
refuses "in the list, but no body" check "$scratch/incomplete.o"
