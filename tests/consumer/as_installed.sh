#!/usr/bin/env bash
# as_installed.sh ROOT COMMAND...: runs the command where ROOT/usr lies over /usr, read-only and for this command alone.
set -euo pipefail
root=$1
shift
over() { # over COMMAND...
  local user=()
  [ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
  unshare "${user[@]}" --mount bash -c 'mount -t overlay overlay -o "lowerdir=$0/usr:/usr" /usr 2>&1 && exec "$@"' "$root" "$@"
}
[[ $root != *[:,]* ]] || { echo "skipped: $root cannot be named in a mount" && exit 77; }
if ! reason=$(over true 2>&1); then
  echo "skipped: nothing can be laid over /usr here: $reason"
  exit 77
fi
over "$@"
