#!/usr/bin/env bash
# same_output.sh PLAIN GUARDED [EMULATOR...]: both end with 0 and print the same; the guarded one was looked at once for each call, when
# locks are held, and printed nothing of it.
set -euo pipefail
plain=$("${@:3}" "$1")
for held in 0 1; do
  guarded=$(HELD=$held "${@:3}" "$2")
  diff <(echo "$plain"$'\n'"looks $((held * 12))") <(echo "$guarded")
done
