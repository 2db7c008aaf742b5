#!/usr/bin/env bash
# refused.sh TEXT COMMAND...: COMMAND must fail, and say TEXT; where its lines are broken does not matter.
set -euo pipefail
text=$1
shift
status=0
output=$("$@" 2>&1) || status=$?
printf '%s\n' "$output"
if [ "$status" = 0 ]; then
  echo "refused.sh: this was not refused, its exit status is 0" >&2
  exit 1
elif ! tr -s ' \n' ' ' <<<"$output" | grep -qF -e "$text"; then
  echo "refused.sh: failed with $status, as it should, but did not say: $text" >&2
  exit 1
fi
