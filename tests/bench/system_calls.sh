#!/usr/bin/env bash
# An acquisition that has to wait makes the system calls that it makes without lockwrap, one wait and two wakes, and no other but for the look
# at the holder, which a unit test counts ("hold times: the kernel is asked once in a while").
# shellcheck source=tests/bench/measure.sh
source "$(dirname "$0")/measure.sh"

command -v strace >/dev/null || { echo "strace is not installed" && exit 77; }
choose plain_static
if ! strace -f -c -o "$scratch/trial" "$program" handoff count 1; then
  echo "strace may not trace here" && exit 77
fi

plain=$(system_calls plain_static)
on=$(system_calls on)
echo "$on system calls a contended operation, $plain without lockwrap"
# Less than one in a hundred operations may differ: a signal can interrupt a wait.
awk -v on="$on" -v plain="$plain" 'BEGIN { exit !(plain > 2.9 && on - plain < 0.01) }'
