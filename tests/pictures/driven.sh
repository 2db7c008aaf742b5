#!/usr/bin/env bash
# driven.sh STEPS WIDTH light|dark KIND...: in a window of that width, and in that scheme, the pictures of these profiles do what drive.js says:
# "all", "look" (labels fit), "hair" (of that profile) or "compared" (what changed from the profile KIND_before to KIND).
. "${0%/*}/support.sh"
steps=$1 width=$2 scheme=$3
shift 3
for kind; do
  picture=$drawn/$kind.svg
  if [ "$steps" = compared ]; then
    draw_change "$kind"
    picture=$drawn/${kind}_change.svg
  else
    draw "$kind"
  fi
  # Scripts run in their order: the labels as they are without a script, the picture's own, drive.js.
  awk -v steps="$steps" -v scheme="$scheme" -v drive="$here/drive.js" '
    /^<script>/ {
      print "<script><![CDATA[ window.driven_steps = \"" steps "\"; window.driven_scheme = \"" scheme "\"; window.labels_before ="
      print "  [...document.querySelectorAll(\".frames > g\")].map(g => g.querySelector(\"text\") ? g.querySelector(\"text\").textContent : \"\"); ]]></script>"
    }
    $0 == "</svg>" {
      print "<script><![CDATA["
      while ((getline line < drive) > 0) print line
      print "]]></script>"
    }
    { print }' "$picture" >"$folder/$kind.svg"
  browse "${!scheme}" --window-size="$width,900" --dump-dom "file://$folder/$kind.svg" >"$folder/dom"
  sed -n '/<metadata>driven: /,/^:driven/p' "$folder/dom" | sed 's/.*<metadata>//; /^:driven/d' >"$folder/outcome"
  grep -q '^driven: [1-9][0-9]* checks, 0 failures$' "$folder/outcome" || { cat "$folder/outcome" && fail "$kind at $width pixels, $scheme"; }
  echo "$kind at $width pixels, $scheme: $(head -n 1 "$folder/outcome")"
done
