#!/usr/bin/env bash
# pprof_web.sh PROGRAM: the pages of pprof's web interface show what the program waited for.
. "${0%/*}/support.sh"
record "$1"
"$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --format=pprof --side=waiter -o "$folder/waiters.pb.gz"
# The program behind `go tool pprof`, so that its number is known; it chooses a free port and says which.
"$(go env GOTOOLDIR)/pprof" -no_browser -http=127.0.0.1: "$folder/waiters.pb.gz" 2>"$folder/said" &
background=$!
within_20_s grep -qs 'http://' "$folder/said"
address=$(sed -n 's|.*\(http://[0-9.:]*\).*|\1|p' "$folder/said" | head -n 1)
for page in top flamegraph ''; do # the empty one is the graph, by Graphviz
  curl --silent --show-error --fail --noproxy '*' --max-time 60 --retry 20 --retry-connrefused --retry-delay 1 "$address/ui/$page" >"$folder/page" ||
    fail "/ui/$page cannot be fetched" "$folder/said"
  grep -qF 'review' "$folder/page" || fail "/ui/$page does not name review():" "$folder/page"
done
