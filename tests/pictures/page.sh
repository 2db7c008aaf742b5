#!/usr/bin/env bash
# page.sh STEP WIDTH light|dark KIND...: pages of `lockwrap html` in a browser that is used as a person would, as page_use.cjs says. KIND is one
# of make_profile, "service" (the demo: $SERVICE) or "deadlock" ($DEADLOCK, with what it found). Without npm and its registry "axe" is skipped.
. "${0%/*}/support.sh"
step=$1 width=$2 scheme=$3
shift 3
pages=()
for kind; do
  findings=()
  case $kind in
    service) LOCKWRAP_OPTIONS=profile_path=$folder/$kind.pb.gz "$SERVICE" 1 >/dev/null || fail "$SERVICE ended with $?" ;;
    deadlock)
      LOCKWRAP_OPTIONS=profile_path=$folder/$kind.pb.gz:log=$folder/$kind.log "$DEADLOCK" 1 >/dev/null || fail "$DEADLOCK ended with $?"
      findings=(--findings "$folder/$kind.log" --binary "$DEADLOCK")
      ;;
    *) "$MAKE_PROFILE" "$kind" "$folder/$kind.pb.gz" ;;
  esac
  "$LOCKWRAP_COMMAND" html "$folder/$kind.pb.gz" "${findings[@]}" -o "$drawn/$kind.html" 2>"$folder/errors" || fail "lockwrap html: $(cat "$folder/errors")"
  # The names of the two namespaces of SVG and HTML, and nothing else of the network.
  ! grep -oE "(https?:)?//[a-z0-9-]+\.[a-z][a-z0-9./-]*" "$drawn/$kind.html" | grep -vE '^http://www\.w3\.org/(2000/svg|1999/(xhtml|xlink))$' | grep -q . ||
    fail "$kind.html has an address of the network"
  pages+=("$drawn/$kind.html")
done
if [ "$step" = axe ]; then
  code=0
  "$here/../tools/from_npm.sh" "$NPM" || code=$?
  [ "$code" = 0 ] || exit "$code"
fi
AXE=${NPM:-} timeout 110 node "$here/page_use.cjs" "$step" "$width" "$scheme" "$PICTURES" "$folder" "${pages[@]}" || fail "the pages are not as they should be"
