# What the scripts of this folder share; to be sourced. CTest gives LOCKWRAP_COMMAND, MAKE_PROFILE, CHROMIUM and PICTURES, the folder where the
# pictures stay.
set -euo pipefail
unset LOCKWRAP_OPTIONS
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=${BASH_SOURCE[0]%/*}
drawn=$folder/pictures # of this test alone: others draw the same profiles meanwhile
mkdir "$drawn"

fail() {
  echo "failed: $*"
  if [ -s "$folder/chromium.log" ]; then grep -v -e ':dbus/' -e 'unexpected operator' "$folder/chromium.log" | tail -n 5 | cut -c 1-300; fi
  exit 1
}

# browse ARGUMENT...: Chromium without a window, with a profile of its own that is gone afterwards, and no network.
browse() {
  HOME=$folder timeout 60 "$CHROMIUM" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$folder/browser" "$@" 2>"$folder/chromium.log" ||
    fail "Chromium ended with $?: $*"
}
dark=--blink-settings=preferredColorScheme=0
light=--blink-settings=preferredColorScheme=1

# draw_change KIND [ARGUMENT...]: what changed from the profile KIND_before to KIND, as $drawn/KIND_change.svg
draw_change() {
  local kind=$1
  shift
  "$MAKE_PROFILE" "$kind" "$folder/$kind.pb.gz"
  "$MAKE_PROFILE" "${kind}_before" "$folder/${kind}_before.pb.gz"
  "$LOCKWRAP_COMMAND" diff "$folder/${kind}_before.pb.gz" "$folder/$kind.pb.gz" --flame "$@" -o "$drawn/${kind}_change.svg" 2>"$folder/errors" ||
    fail "lockwrap diff --flame: $(cat "$folder/errors")"
  xmllint --noout --nonet "$drawn/${kind}_change.svg" || fail "${kind}_change.svg is no valid XML"
}

# draw KIND [ARGUMENT...]: $drawn/KIND.svg
draw() {
  local kind=$1
  shift
  "$MAKE_PROFILE" "$kind" "$folder/$kind.pb.gz"
  "$LOCKWRAP_COMMAND" flame "$folder/$kind.pb.gz" "$@" -o "$drawn/$kind.svg" 2>"$folder/errors" || fail "lockwrap flame: $(cat "$folder/errors")"
  xmllint --noout --nonet "$drawn/$kind.svg" || fail "$kind.svg is no valid XML"
}
