#!/usr/bin/env bash
# address_space.sh PROGRAM: where the address space is limited, lockwrap leaves the program what it needs. Its tables and thread records took all that
# there was, and the program could make no thread.
. "${0%/*}/support.sh"

# runs MIB OPTIONS PROGRAM
runs() { (ulimit -S -v $(($1 * 1024)) && LOCKWRAP_OPTIONS=$2 exec "$3") >"$folder/output" 2>"$folder/errors"; }

least=4
until runs $least active=0 "$1"; do
  least=$((least + 2))
  [ $least -le 200 ] || fail "the program runs with no limit of up to 200 MiB"
done
echo "without lockwrap: from $least MiB on"
for ((limit = least * 4 / 3 + 4; limit <= least * 4; limit += 2)); do
  runs $limit confirm=1 "$1" || fail "with a limit of $limit MiB the program ended with $?"
  grep -q ': watching; ' "$folder/errors" || fail "with a limit of $limit MiB nothing is watched"
  tables=$(sed -nE 's/.*; tables ([0-9]+) MiB; .*/\1/p' "$folder/errors")
  [ "$tables" -ge 1 ] && [ "$tables" -le $((limit / 8)) ] || fail "with a limit of $limit MiB the tables have $tables"
done

# On 32 bits this is all that there can be, and was none at all.
run_program 0 memory_limit_mb=4096:confirm=1 "$1"
grep -q ': watching; ' "$folder/errors" || fail "with memory_limit_mb=4096 nothing is watched"
run_program 0 confirm=1 "$1"
grep -q '; tables 16 MiB; ' "$folder/errors" || fail "without a limit the tables are not those of memory_limit_mb"
