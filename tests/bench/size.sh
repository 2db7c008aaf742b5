#!/usr/bin/env bash
# size.sh PREFIX: tests/bench/size prints a row for gcc, in which each figure is what its column says.
set -euo pipefail
command -v gcc >/dev/null && command -v g++ >/dev/null || { echo "skipped: there is no gcc" && exit 77; }
table=$("${0%/*}/size" --prefix "$1" gcc)
echo "$table"
row=$(grep '^| gcc |' <<<"$table")
read -r archive c_plain c_wrapped c_added cxx_plain cxx_wrapped cxx_added <<<"$(tr -cd '0-9 \n' <<<"$row")"
fail() { echo "failed: $*" && exit 1; }
close() { [ $(($1 - $2)) -le 1 ] && [ $(($2 - $1)) -le 1 ]; }
close $((c_wrapped - c_plain)) "$c_added" || fail "C: what is added is not the difference"
close $((cxx_wrapped - cxx_plain)) "$cxx_added" || fail "C++: what is added is not the difference"
[ "$archive" -ge 64 ] && [ "$archive" -le "$c_added" ] || fail "the archive's own code is more than what it adds"
[ "$c_plain" -lt "$cxx_plain" ] || fail "the C++ program is smaller than the one in C"
