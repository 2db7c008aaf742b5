#!/usr/bin/env bash
# The archive runs at most one function at start and one at the end, so that its state must be valid without either: the
# first hooks arrive before any constructor.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# check OBJECT
check() {
  none awk_sections "$1"
}
# One section a line: index, name, type, ..., size in hexadecimal. A pointer has 8 bytes, or 4 in an ELF32 object.
awk_sections() {
  "$READELF" -hSW "$1" | sed 's/\[ *//' | awk '
    $1 == "Class:" { pointer = ($2 == "ELF64") ? 8 : 4 }
    $2 ~ /^\.(init_array|fini_array|preinit_array|ctors|dtors)/ {
      kind = $2
      sub(/^\./, "", kind)
      sub(/\..*/, "", kind)
      bytes[kind] += strtonum_hex($6)
    }
    function strtonum_hex(text,   value, i) {
      value = 0
      for (i = 1; i <= length(text); ++i) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
      return value
    }
    END {
      for (kind in bytes) {
        most = (kind == "init_array" || kind == "fini_array") ? 1 : 0
        if (bytes[kind] / pointer > most) print kind ": " bytes[kind] / pointer " entries, at most " most
      }
    }'
}

accepts check "$LOCKWRAP_ARCHIVE"

constructor='__attribute__((constructor)) static void'
object one "$constructor first(void) {}"
accepts check "$scratch/one.o"
object two "$constructor first(void) {} __attribute__((constructor(200))) static void second(void) {}"
refuses "init_array: 2 entries" check "$scratch/two.o"
object ends "__attribute__((destructor)) static void a(void) {} __attribute__((destructor)) static void b(void) {}"
refuses "fini_array: 2 entries" check "$scratch/ends.o"
object early "static void a(void) {} __attribute__((section(\".preinit_array\"), used)) static void (*p)(void) = a;"
refuses "preinit_array: 1 entries" check "$scratch/early.o"
object old "static void a(void) {} __attribute__((section(\".ctors\"), used)) static void (*p)(void) = a;"
refuses "ctors: 1 entries" check "$scratch/old.o"
