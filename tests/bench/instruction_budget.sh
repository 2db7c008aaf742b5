#!/usr/bin/env bash
# A free lock taken and released with everything on costs at most 100 instructions. Asserted, since it is counted and not
# timed. So does a lock that was once waited for. An inner one of two costs more: the order of the two is looked up. A timeline of
# waits (timeline_kb) costs a lock that is free not one more.
# shellcheck source=tests/bench/measure.sh
source "$(dirname "$0")/measure.sh"
most=100
most_nested=120

[ "$(uname -m)" = x86_64 ] || { echo "the budget is counted in x86-64 instructions" && exit 77; }
command -v valgrind >/dev/null || { echo "valgrind is not installed" && exit 77; }

less_or_equal() { awk -v left="$1" -v right="$2" 'BEGIN { exit !(left <= right) }'; }

failed=0
for workload in pair pair_alone nested pair_quiet; do
  plain=$(instructions plain_static $workload)
  on=$(instructions on $workload)
  echo "$workload: $on instructions a pair, $plain without lockwrap"
  # Proves that the right thing is counted: both calls, in both programs.
  if less_or_equal "$plain" 20 || less_or_equal "$on" "$plain"; then
    echo "that cannot be: lockwrap adds nothing, or the pair was not counted" && failed=1
  fi
  limit=$most
  [ "$workload" != nested ] || limit=$most_nested
  less_or_equal "$on" $limit || { echo "$workload: more than $limit" && failed=1; }
done
for workload in pair nested pair_quiet; do
  on=$(instructions on $workload)
  with=$(instructions with_timeline $workload)
  [ "$with" = "$on" ] || { echo "$workload: $with instructions with timeline_kb, $on without" && failed=1; }
done
exit $failed
