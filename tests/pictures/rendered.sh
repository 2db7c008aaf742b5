#!/usr/bin/env bash
# rendered.sh WIDTH PROGRAM: the demo and the profiles that are hard to draw, one below the other, light and dark, as a browser of that width
# shows them: $PICTURES/WIDTH-light.png and -dark.png, to be looked at. That they differ and are no blank pages is all that is tested here.
. "${0%/*}/support.sh"
width=$1 program=$2
LOCKWRAP_OPTIONS=profile_path=$folder/service.pb.gz "$program" 1 >/dev/null
"$LOCKWRAP_COMMAND" flame "$folder/service.pb.gz" -o "$folder/service.svg"
pictures=("$folder/service.svg")
for kind in one_lock empty long_names two_sided thousand_locks; do
  draw "$kind"
  pictures+=("$drawn/$kind.svg")
done
draw_change two_sided --as-wide-as=before
mv "$drawn/two_sided_change.svg" "$drawn/two_sided_change_before.svg"
draw_change two_sided
pictures+=("$drawn/two_sided_change.svg" "$drawn/two_sided_change_before.svg")
for side in waiter holder; do
  "$LOCKWRAP_COMMAND" flame "$folder/thousand_locks.pb.gz" --side=$side -o "$folder/$side.svg"
  pictures+=("$folder/$side.svg")
done
total=0
{
  echo "<!doctype html><meta charset=utf-8><body style='margin: 8px; background: #888'>"
  for picture in "${pictures[@]}"; do
    height=$(sed -n 's/^<svg .* height="\([0-9]*\)" viewBox.*/\1/p' "$picture")
    [ "$width" -ge 940 ] || height=$((height + 170))
    total=$((total + height + 40))
    echo "<iframe src='file://$picture' style='display: block; border: 0; width: ${width}px; height: $((height + 30))px; margin-bottom: 8px'></iframe>"
  done
  # Without scripts, as a page shows it.
  echo "<img src='file://$folder/service.svg' style='width: ${width}px'>"
} >"$folder/sheet.html"
for scheme in light dark; do
  rm -f "$PICTURES/$width-$scheme.png"
  browse "${!scheme}" --window-size="$((width + 16)),$((total + 320))" --screenshot="$PICTURES/$width-$scheme.png" "file://$folder/sheet.html" >/dev/null
  [ "$(wc -c <"$PICTURES/$width-$scheme.png")" -gt 30000 ] || fail "the $scheme picture of $width pixels is blank"
done
if cmp -s "$PICTURES/$width-light.png" "$PICTURES/$width-dark.png"; then fail "light and dark are the same"; fi
