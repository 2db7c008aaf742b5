#!/usr/bin/env bash
# The public C API is the committed list, in the header and in the archive: nobody changes by accident what other people's programs call.
# runtime/ABI.md says which changes are allowed.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"
list=$LOCKWRAP_SOURCE/tests/check/public_calls.txt

# declared HEADER: one declaration a line, with its types.
declared() {
  sed -nE -e 's/^LOCKWRAP_IMPLEMENTATION (.*;)$/\1/p' -e 's/^static inline (.*\)) \{.*$/inline \1;/p' -e '/^(typedef|const char).*;$/p' "$1"
}

# check HEADER ARCHIVE LIST
check() {
  none diff <(grep -vE '^(#|stub |$)' "$3" | sort) <(declared "$1" | sort) &&
    none diff <(sed -nE 's/^[^#].*[ *](lockwrap_runtime_[a-z_]+)\(.*$/\1/p' "$3" | sort) \
      <("$NM" -P -g --defined-only "$2" | awk '$1 ~ /^lockwrap_/ { print $1 }' | sort)
}

header=$LOCKWRAP_SOURCE/runtime/include/lockwrap/lockwrap.h
[ "$(declared "$header" | wc -l)" -ge 30 ] || { echo "the header is not understood" && exit 1; }
accepts check "$header" "$LOCKWRAP_ARCHIVE" "$list"

sed 's/int lockwrap_runtime_write_report(int descriptor)/int lockwrap_runtime_write_report(long descriptor)/' "$header" >"$scratch/other_type.h"
refuses "long descriptor" check "$scratch/other_type.h" "$LOCKWRAP_ARCHIVE" "$list"
sed '/lockwrap_held_count(void) {/d' "$header" >"$scratch/removed.h"
refuses "lockwrap_held_count" check "$scratch/removed.h" "$LOCKWRAP_ARCHIVE" "$list"
object other 'void lockwrap_runtime_guard(void) {} void lockwrap_runtime_more(void) {}'
refuses "lockwrap_runtime_more" check "$header" "$scratch/other.o" "$list"
