#!/usr/bin/env bash
# speedscope.sh PROGRAM FOLDER FORMAT: speedscope, from file:// in a browser without a window, shows the exported profile. It comes from npm by the lock file
# beside this script and stays in FOLDER, as do the screenshots.
. "${0%/*}/support.sh"
here=$(cd "${0%/*}" && pwd) program=$1 kept=$2/npm format=$3
command -v chromium >/dev/null || skip "no chromium here"
code=0
"$here/from_npm.sh" "$kept" || code=$?
[ "$code" = 0 ] || exit "$code"
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

picture=$2/speedscope-$format.png
rm -f "$picture"
browse left-heavy --screenshot="$picture"
# A flame graph, not a page that is all of one colour.
[ "$(stat -c %s "$picture")" -gt 8000 ] || fail "the picture $picture is empty"
