#!/usr/bin/env bash
# embedded.sh: two flame graphs in one HTML page, with one style and one script: each is live, and keys that are meant for the page are left to it.
. "${0%/*}/support.sh"
draw two_sided
element() { # element ID_PREFIX: the picture without header, style and script, as flame_svg_element gives it
  awk '/^<\?xml/ { next } /^<(style|script)>/ { skip = 1 } !skip { print } /<\/(style|script)>$/ { skip = 0 }' "$drawn/two_sided.svg" |
    sed "s/lockwrap-title/$1title/g; s/lockwrap-description/$1description/g"
}
part() { sed -n "/^<$1><!.CDATA.\$/,/^\(lockwrap_flame(doc.*\|\]\]><\/$1>\)\$/p" "$drawn/two_sided.svg" | sed '1d; $d'; }
cat >"$folder/page.html" <<PAGE
<!doctype html><meta charset=utf-8><style>$(part style)</style><body>
<input id=other><div>$(element one-)</div><div>$(element two-)</div>
<script>$(part script)
for (const svg of document.querySelectorAll(".lockwrap-flame")) lockwrap_flame(svg);
const press = target => {
  const event = new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true});
  target.dispatchEvent(event);
  return event.defaultPrevented;
};
const graphs = [...document.querySelectorAll(".lockwrap-flame.live")], frames = graphs.map(svg => svg.querySelector(".frames > g"));
const outcome = [graphs.length === 2, !press(document.getElementById("other")), press(frames[1]),
  graphs[1].contains(document.activeElement), new Set([...document.querySelectorAll("[id]")].map(element => element.id)).size === 5];
frames[0].dispatchEvent(new MouseEvent("click", {bubbles: true}));
outcome.push(!graphs[0].querySelector("button").disabled, graphs[1].querySelector("button").disabled);
document.body.append("outcome: " + outcome.join(" "));
</script>
PAGE
browse --window-size=1200,900 --dump-dom "file://$folder/page.html" >"$folder/dom"
grep -q 'outcome: true true true true true true true' "$folder/dom" || fail "$(grep -o 'outcome: [a-z ]*' "$folder/dom" | tail -n 1)"
