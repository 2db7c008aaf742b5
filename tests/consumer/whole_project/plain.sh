#!/bin/sh
# plain.sh LIBRARY: it calls libc's own functions.
set -eu
if nm "$1" | grep -E '__(wrap|real)_|lockwrap'; then
  echo "$1: has something of lockwrap in it" >&2
  exit 1
fi
nm "$1" | grep -q 'U pthread_mutex_lock'
