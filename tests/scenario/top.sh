#!/usr/bin/env bash
# top.sh PROGRAM: `lockwrap top` looks at the running PROGRAM (workers that wait for a lock) and what is new each time; the program goes on, its
# log gets nothing. As a page on a terminal, and line by line.
set -euo pipefail
program=$1
folder=$(mktemp -d)
running=
trap 'if [ -n "$running" ]; then kill "$running" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
fail() {
  echo "top: $1" >&2
  exit 1
}

LOCKWRAP_OPTIONS="dump_signal=USR2:profile_path=$folder/%e.%p.pb.gz:log=$folder/log" "$program" >/dev/null &
running=$!
until grep -q 'SigCgt:.*[89a-f]..$' "/proc/$running/status"; do kill -0 "$running"; done # USR2 is number 12: the third digit from the right

"$LOCKWRAP_COMMAND" top "$running" -n 3 -d 0.3 >"$folder/pages" || fail "ended with $?"
[ "$(grep -c '^LOCK  ' "$folder/pages")" -ge 2 ] || fail "no tables: $(head -n 5 "$folder/pages")"
[ "$(grep -c ', since the start, ' "$folder/pages")" = 1 ] || fail "the first page is not of the time since the start"
[ "$(grep -c ', in the last ' "$folder/pages")" = 2 ] || fail "the next pages are not of the time since the last one"
[ ! -s "$folder/log" ] || fail "the program's log was written to: $(head -n 3 "$folder/log")"

# On a terminal of 60 columns: a page of its own, cut to size, given back at the end. s, then q.
(sleep 1; printf s; sleep 1; printf q) |
  timeout 60 env TERM=xterm NO_COLOR= script -qec "stty cols 60 rows 10; '$LOCKWRAP_COMMAND' top $running -d 30" /dev/null >"$folder/screen" || fail "on a terminal it ended with $?"
grep -q $'\x1b\[?1049h' "$folder/screen" || fail "no page of its own"
grep -q $'\x1b\[?1049l' "$folder/screen" || fail "the terminal is not given back"
grep -q 'HELD BY' "$folder/screen" || fail "who holds the locks is not seen on 60 columns"
grep -q 'by time waited; keys' "$folder/screen" || fail "no line of keys"
grep -q 'by number of waits; keys' "$folder/screen" || fail "s does not change the order"
widest=$(tr -d '\r' <"$folder/screen" | sed 's/\x1b\[[?0-9]*[A-Za-z]//g' | awk '{ if (length($0) > w) w = length($0) } END { print w }')
[ "$widest" -le 60 ] || fail "a line of $widest columns on a terminal of 60"

# Without escape sequences one page below the other, an empty line between; keys as before.
for settings in TERM=dumb -uTERM 'TERM=xterm NO_COLOR=1'; do
  # What is under `settings` are words.
  # shellcheck disable=SC2086
  (sleep 0.5; printf s; sleep 0.5; printf q) |
    timeout 60 env $settings script -qec "stty cols 60 rows 10; '$LOCKWRAP_COMMAND' top $running -d 30" /dev/null >"$folder/screen" || fail "with $settings it ended with $?"
  if grep -q $'\x1b' "$folder/screen"; then fail "escape sequences with $settings"; fi
  tr -d '\r' <"$folder/screen" >"$folder/pages"
  [ "$(grep -c '; keys: s other order' "$folder/pages")" = 2 ] || fail "not two pages with $settings: $(head -n 5 "$folder/pages")"
  awk '/, pid / { if (NR > 1 && before != "") exit 1 } { before = $0 }' "$folder/pages" || fail "no empty line between the pages with $settings"
  grep -q 'by number of waits; keys' "$folder/pages" || fail "s does not change the order with $settings"
done

# What is missing in a stripped program is told before the page, which would wipe it away at once.
strip -o "$folder/stripped" "$program"
printf q | timeout 60 env TERM=xterm NO_COLOR= script -qec "'$LOCKWRAP_COMMAND' top $running --binary '$folder/stripped' -d 30" /dev/null >"$folder/screen" ||
  fail "with a stripped program it ended with $?"
sed '/\x1b\[?1049h/,$d' "$folder/screen" >"$folder/before_page"
grep -q 'warning: addresses are shown instead of names: .*/stripped: is stripped' "$folder/before_page" || fail "a stripped program is not told before the page"

# For programs: a line a look.
"$LOCKWRAP_COMMAND" top "$running" --json -n 3 -d 0.3 >"$folder/lines" || fail "with --json it ended with $?"
[ "$(grep -cE '^\{"version":1,.*"locks":\[.*"since_start":(true|false)\}$' "$folder/lines")" = 3 ] || fail "not three lines of JSON: $(cut -c1-200 "$folder/lines")"
[ "$(grep -c '"since_start":true' "$folder/lines")" = 1 ] || fail "not one line of the time since the start"

kill -0 "$running" || fail "the program did not go on"

# What would end the process is not done to it.
sleep 60 &
other=$!
until grep -qx 'Name:[[:blank:]]*sleep' "/proc/$other/status"; do kill -0 "$other"; done # until then it is this shell, which handles the signal
if "$LOCKWRAP_COMMAND" top "$other" --signal USR2 --profile "$folder/none" 2>"$folder/error"; then fail "a program without lockwrap has a top"; fi
grep -q 'has no handler for SIGUSR2, which would end it' "$folder/error" || fail "$(cat "$folder/error")"
kill -0 "$other" || fail "the other process was ended"
if "$LOCKWRAP_COMMAND" top "$other" 2>"$folder/error"; then fail "a program without options has a top"; fi
grep -q 'was not started with dump_signal in LOCKWRAP_OPTIONS' "$folder/error" || fail "$(cat "$folder/error")"
kill "$other"
kill "$running"
wait "$running" || true
if "$LOCKWRAP_COMMAND" top "$running" 2>"$folder/error"; then fail "a process that has ended has a top"; fi
grep -q "process $running is not there" "$folder/error" || fail "$(cat "$folder/error")"
running=
