#!/usr/bin/env bash
# symbolized.sh PROGRAM: the finding of a real deadlock, between lines of the program's own, gets functions, files and lines from the binary.
# The addresses in it are those of the file, wherever the program was loaded; addr2line knows them, too.
. "${0%/*}/support.sh"
program=$1
run_program 0 "on_deadlock=error:lock_order=0" "$program"
(echo "server: up" && cat "$folder/errors" && echo "server: transfer [0x401000] done") >"$folder/log"
line_of() { sed -n "s/^$1=/symbolized.cpp:/p" "$folder/output"; }

"$LOCKWRAP_COMMAND" symbolize "$folder/log" --binary "$program" -o "$folder/named" || fail "not symbolised"
expect() {
  [ "$(grep -cxF -- "$2" "$folder/named")" = "$1" ] || { cat "$folder/named" && fail "not $1 lines: $2"; }
}
expect 1 "server: up"
expect 1 "server: transfer [0x401000] done"
expect 2 "    waits in Bank::transfer(int, int) $(line_of payee)"
expect 1 "    holds \`Bank::transfer(int, int)::accounts\`, locked in Bank::transfer(int, int) $(line_of payer)"
expect 1 "    holds \`Bank::transfer(int, int)::accounts+0x$(sed -n 's/^mutex_bytes=//p' "$folder/output")\`, locked in Bank::transfer(int, int) $(line_of payer)"
serve=$(grep -nx "      from serve(Bank&, int) $(line_of serve)\|      from serve() $(line_of serve)" "$folder/named" | cut -d : -f 1)
[ -n "$serve" ] || { cat "$folder/named" && fail "the inlined function is missing"; }
sed -n "$((serve + 1))p" "$folder/named" | grep -qE "^      from work\(.*\) $(line_of work)\$" || { cat "$folder/named" && fail "not inlined into work()"; }
[ "$(grep -v '^lockwrap\|^  ' "$folder/named")" = "$(grep -v '^lockwrap\|^  ' "$folder/log")" ] || fail "other lines were changed"

if command -v addr2line >/dev/null; then
  address=$(sed -n 's/^    waits in .* \[\(0x[0-9a-f]*\)\]$/\1/p' "$folder/log" | head -n 1)
  addr2line -i -e "$program" "$address" | grep -q "/$(line_of payee)\( \|$\)" || fail "addr2line does not know $address"
fi
