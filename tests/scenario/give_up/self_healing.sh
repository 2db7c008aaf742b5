#!/usr/bin/env bash
# self_healing.sh PROGRAM: the bank of examples/self_healing survives all its deadlocks; with on_deadlock=report it locks up, as it would
# without lockwrap.
. "${0%/*}/../support.sh"
program=$1
run_program 0 "" "$program" 4
counts='^self_healing: ([0-9]+) transfers made, ([0-9]+) deadlocks survived, .*$'
transfers=$(sed -nE "s/$counts/\1/p" "$folder/output")
survived=$(sed -nE "s/$counts/\2/p" "$folder/output")
[ "${transfers:-0}" -ge 10 ] || fail "too few transfers"
[ "${survived:-0}" -ge 3 ] || fail "too few deadlocks"
grep -qx 'self_healing: no money and no transfer is missing' "$folder/output" || fail "something is missing"

[ "$(grep -c '^lockwrap: deadlock: ' "$folder/errors")" = 1 ] || fail "not told once"
[ "$(grep -cE '^  given up: the call of thread .* fails with EDEADLK, and the others go on$' "$folder/errors")" = 1 ] ||
  fail "not one thread gave up in what was told"
grep -qx "deadlocks: 1 told when it happened, $((survived - 1)) more at the same places" "$folder/errors" ||
  fail "lockwrap has not counted the $survived deadlocks that were survived"

run_program 1 "on_deadlock=report" "$program" 30
grep -q '^self_healing: locked up: ' "$folder/output" || fail "survived without anybody who gave up"
