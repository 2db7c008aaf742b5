#!/usr/bin/env bash
# quota.sh PROGRAM [FINDINGS]: in a container with a CPU quota of 10 % a holder that gets next to no processor is not stuck, and no right
# program of the table is told. Skipped where no control group can be made.
. "${0%/*}/support.sh"
program=$1 findings=$2

# Of version 1 or 2 of the kernel's control groups.
group=
leave_group() {
  [ -z "$group" ] || { sleep 0.2 && rmdir "$group" 2>/dev/null; } || true
  end_scenario
}
if [ -w /sys/fs/cgroup/cpu/cpu.cfs_quota_us ] || [ -w /sys/fs/cgroup/cpu/cgroup.procs ]; then
  group=/sys/fs/cgroup/cpu/lockwrap_quota.$$ quota=cpu.cfs_quota_us value=10000
else
  group=/sys/fs/cgroup/lockwrap_quota.$$ quota=cpu.max value='10000 100000'
fi
if ! mkdir "$group" 2>/dev/null || ! echo "$value" 2>/dev/null >"$group/$quota"; then
  echo "skipped: no control group with a CPU quota can be made here"
  rmdir "$group" 2>/dev/null || true
  exit 77
fi
trap leave_group EXIT
# within COMMAND...: in the group, whose processes end with it.
within() { bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"; }
export -f within

# 150 ms of a processor take 1.5 s.
began=$(date +%s%N)
LOCKWRAP_OPTIONS=stuck_after_ms=300 within "${launch[@]}" "$program" computes 2>"$folder/errors" || fail "ended with $?"
[ $((($(date +%s%N) - began) / 1000000)) -gt 600 ] || fail "the quota was not in force"
no_errors

"${launch[@]}" "$findings" | awk -F '\t' '$3 == "silent" { print $1 }' >"$folder/cases"
while read -r name; do
  status=0
  LOCKWRAP_FINDINGS_SECONDS=2 within timeout -s KILL 100 "${launch[@]}" "$findings" "$name" >/dev/null 2>"$folder/errors" </dev/null || status=$?
  [ $status = 0 ] || [ $status = 77 ] || fail "$name ended with $status" # 77: not for this libc
  [ ! -s "$folder/errors" ] || fail "$name was told"
done <"$folder/cases"
echo "$(wc -l <"$folder/cases") right programs at a CPU quota of 10 %: nothing was told"
