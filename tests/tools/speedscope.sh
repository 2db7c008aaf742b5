#!/usr/bin/env bash
# speedscope.sh PROGRAM FOLDER FORMAT: speedscope, from file:// in a browser without a window, shows the exported profile. It comes from npm by the lock file
# beside this script and stays in FOLDER, as do the screenshots.
. "${0%/*}/support.sh"
here=$(cd "${0%/*}" && pwd) program=$1 kept=$2/speedscope format=$3
command -v npm >/dev/null || skip "no npm here"
command -v chromium >/dev/null || skip "no chromium here"
mkdir -p "$kept"
exec 9>"$kept/lock" && flock 9 # two tests, one installation
if ! cmp -s "$here/package-lock.json" "$kept/package-lock.json" || [ ! -d "$kept/node_modules/speedscope" ]; then
  cp "$here/package.json" "$kept/"
  cp "$here/package-lock.json" "$kept/wanted.json"
  rm -rf "$kept/node_modules" "$kept/package-lock.json"
  mkdir -p "$folder/npm" && cp "$here/package.json" "$here/package-lock.json" "$folder/npm/"
  if ! (cd "$folder/npm" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=2 --fetch-timeout=60000 >"$folder/said" 2>&1); then
    grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network' "$folder/said" || fail "npm ci" "$folder/said"
    skip "npm's registry cannot be reached"
  fi
  mv "$folder/npm/node_modules" "$kept/"
  mv "$kept/wanted.json" "$kept/package-lock.json" # last: says that the rest is there
fi
flock -u 9
release=$kept/node_modules/speedscope/dist/release

record "$program"
"$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --format="$format" -o "$folder/exported"
# How speedscope's own command hands a local file over: a script beside the page.
printf 'speedscope.loadFileFromBase64("exported.%s", "%s")\n' "$format" "$(base64 -w 0 "$folder/exported")" >"$folder/exported.js"
browse() { # browse VIEW OPTION...
  timeout 100 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$folder/browser-$1" --window-size=1200,800 --virtual-time-budget=20000 \
    "${@:2}" "file://$release/index.html#localProfilePath=$folder/exported.js&view=$1" 2>"$folder/browser_errors" ||
    fail "chromium ended with $?" "$folder/browser_errors"
}
browse sandwich --dump-dom >"$folder/page"
for text in 'Vault&lt;int&gt;::review()' 'audit()' 'append()' '[the "ledger", main]' '[journal'; do holds "$folder/page" "$text"; done
if [ "$format" = speedscope ]; then
  holds "$folder/page" 'waiter: where threads waited'
  holds "$folder/page" 'holder: who made them wait'
  lacks "$folder/page" 'save()' # the other side
  node "$here/check_schema.cjs" "$kept" "$folder/exported" >"$folder/said" 2>&1 || fail "the file is not as speedscope's schema says:" "$folder/said"
fi

picture=$kept/$format.png
rm -f "$picture"
browse left-heavy --screenshot="$picture"
# A flame graph, not a page that is all of one colour.
[ "$(stat -c %s "$picture")" -gt 8000 ] || fail "the picture $picture is empty"
