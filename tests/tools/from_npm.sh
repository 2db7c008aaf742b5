#!/usr/bin/env bash
# from_npm.sh FOLDER: what package-lock.json beside this script pins is in FOLDER/node_modules. Several tests may ask at once; one installs.
# Exit status 77, with the reason, where npm or its registry is not there.
set -euo pipefail
here=$(cd "${0%/*}" && pwd) kept=$1
skip() {
  echo "skipped: $*"
  exit 77
}
command -v npm >/dev/null || skip "no npm here"
mkdir -p "$kept"
exec 9>"$kept/lock"
flock 9
if cmp -s "$here/package-lock.json" "$kept/package-lock.json" && [ -d "$kept/node_modules" ]; then exit 0; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME=$folder
rm -rf "$kept/node_modules" "$kept/package-lock.json"
cp "$here/package.json" "$here/package-lock.json" "$folder/"
if ! (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=3000 --fetch-timeout=60000 >"$folder/said" 2>&1); then
  if ! grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network' "$folder/said"; then
    echo "failed: npm ci"
    head -c 4000 "$folder/said"
    exit 1
  fi
  skip "npm's registry cannot be reached"
fi
mv "$folder/node_modules" "$kept/"
cp "$here/package-lock.json" "$kept/" # last: says that the rest is there
