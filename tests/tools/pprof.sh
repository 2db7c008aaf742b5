#!/usr/bin/env bash
# pprof.sh PROGRAM [DEBUG_DIRECTORY]: go tool pprof shows what the program waited for: names, inlined functions in order, files and lines,
# from the exported profile alone.
. "${0%/*}/support.sh"
program=$1
debug=()
[ $# -lt 2 ] || debug=(--debug-directory "$2")
record "$program"
named=$folder/named.pb.gz waiters=$folder/waiters.pb.gz
"$LOCKWRAP_COMMAND" symbolize "$folder/profile.pb.gz" --binary "$program" "${debug[@]}" -o "$named"
"$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --binary "$program" "${debug[@]}" --format=pprof --side=waiter -o "$waiters"
rm "$folder/profile.pb.gz"
cd "$folder" # pprof -list takes a folder called like one in a file's path for a part of that path
pprof() { # pprof OUTPUT ARGUMENTS...
  go tool pprof "${@:2}" >"$folder/$1" 2>"$folder/pprof_errors" || fail "go tool pprof ${*:2}" "$folder/pprof_errors"
}

pprof top -top -cum "$waiters"
for name in 'Vault<int>::review' audit append; do holds "$folder/top" "$name"; done
lacks "$folder/top" save
grep -qE ' audit.* \(inline\)' "$folder/top" || fail "audit() is not shown as inlined:" "$folder/top"

# By itself, too, and before anything else is said: the function that waits, not the one that carries its call.
pprof flat -top "$waiters"
lacks "$folder/flat" mutex
lacks "$folder/flat" 'lockwrap lock'
awk '$2 ~ /^[0-9.]+%$/ { print; exit }' "$folder/flat" | grep -qE 'audit|append' || fail "who waits does not come first:" "$folder/flat"

pprof lines -top -cum -lines "$waiters"
holds "$folder/lines" "viewed.cpp:$(printed audit) (inline)"
holds "$folder/lines" "viewed.cpp:$(printed review)"

# The innermost function comes first: audit() was inlined into review().
pprof traces -traces "$waiters"
grep -A 1 -E '^ .* audit' "$folder/traces" | grep -qF 'Vault<int>::review' || fail "audit() is not above review():" "$folder/traces"
holds "$folder/traces" "the 'ledger', main" # a name with quotation marks would break the graph below

pprof both -traces "$named"
holds "$folder/both" save
pprof list -list=review "$waiters" # the source itself, found by its path
holds "$folder/list" "$(printed review):    audit();"
pprof tags -tags "$named"
holds "$folder/tags" journal
holds "$folder/tags" "viewed.cpp:$(printed audit)"

pprof graph.svg -svg "$waiters"
holds "$folder/graph.svg" '</svg>'
holds "$folder/graph.svg" 'audit'
