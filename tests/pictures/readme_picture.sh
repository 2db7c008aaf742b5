#!/usr/bin/env bash
# readme_picture.sh PROGRAM PICTURE: the picture in the README is what the command draws of that program today: the same wide frames (locks, who
# waits, who holds, from where), the same style. Times and what is narrow differ from run to run.
. "${0%/*}/support.sh"
program=$1 picture=$2
LOCKWRAP_OPTIONS=profile_path=$folder/service.pb.gz "$program" >/dev/null
"$LOCKWRAP_COMMAND" flame "$folder/service.pb.gz" --binary "$program" --width 880 -o "$folder/fresh.svg"
for file in "$picture" "$folder/fresh.svg"; do
  xmllint --noout --nonet "$file" || fail "$file is no valid XML"
done

# wide_frames FILE: kind, function and place of the frames that take 30 % of the width or more, in their order.
wide_frames() {
  awk '
    /^<g class="[wlh]/ { kind = substr($0, 11, 1); name = $0; sub(/.*<title>/, "", name); place = ""; next }
    name != "" && place == "" && !/<rect/ { place = kind == "l" ? "" : $0; next }
    /<rect/ {
      width = $0; sub(/.*<rect [^>]*width="/, "", width)
      if (width + 0 >= 258 && name != "") print kind, name, place
      name = ""
    }' "$1"
}
again="LOCKWRAP_OPTIONS=profile_path=service.pb.gz examples/service/service; lockwrap flame service.pb.gz --width 880 -o examples/service/flame.svg"
wide_frames "$picture" >"$folder/kept"
wide_frames "$folder/fresh.svg" >"$folder/drawn"
for line in 'l ledger' 'w Ledger::reserve()' 'h Ledger::write_snapshot()'; do
  grep -qF "$line" "$folder/kept" || fail "the README's picture does not show '$line'"
done
diff "$folder/kept" "$folder/drawn" || fail "the README's picture is not that of a fresh run; make it again: $again"
style() { sed -n '/<style>/,/<\/style>/p' "$1"; }
diff <(style "$picture") <(style "$folder/fresh.svg") >/dev/null || fail "the README's picture has another style; make it again: $again"
