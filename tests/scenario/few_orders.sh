#!/usr/bin/env bash
# few_orders.sh PROGRAM: a report of two locks does not ask for more memory. It did, of each lock whose order could not be known, and of each
# further observation of an order.
. "${0%/*}/support.sh"
run_program 0 report_at_exit=1 "$1"
grep -q counter "$folder/errors" || fail "the report does not name the lock that was waited for"
! grep '^dropped: ' "$folder/errors" || fail "the report says that something was dropped"
run_program 0 report_at_exit=1 "$1" certain
grep -q '^dropped: [0-9]* observations of orders of locks, not kept$' "$folder/errors" || fail "the report does not say what it did not keep"
! grep memory_limit_mb "$folder/errors" || fail "the report says that memory was short"
