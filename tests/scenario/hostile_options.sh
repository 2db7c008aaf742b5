#!/usr/bin/env bash
# hostile_options.sh PROGRAM: whatever LOCKWRAP_OPTIONS holds, the program's output and status stay; a complaint is one line.
# Below: the number of complaints, a blank, the text (printf's escapes).
. "${0%/*}/support.sh"
long=$(printf '%05000d' 0)
mkdir "$folder/here"
cd "$folder/here" # relative paths in the options
"${launch[@]}" "$1" 7 >"$folder/plain" || true

count=0
while IFS=' ' read -r complaints text; do
  text=$(printf "${text//LONG/$long}")
  echo "options '${text:0:80}'" | tr -d '\033'
  run_program 7 "$text" "$1" 7
  cmp "$folder/plain" "$folder/output" || fail "the output differs"
  [ "$(wc -l <"$folder/errors")" -eq "$complaints" ] || fail "not $complaints lines on stderr"
  ! grep -qv '^lockwrap: ' "$folder/errors" || fail "a line that does not begin with lockwrap:"
  [ "$(awk '{ if (length > most) most = length } END { print most + 0 }' "$folder/errors")" -le 700 ] || fail "a long line"
  ! LC_ALL=C grep -q '[^ -~]' "$folder/errors" || fail "control characters on stderr"
  [ -z "$(ls -A .)" ] || fail "files appeared: $(ls -A .)"
  count=$((count + 1))
done <<'LIST'
0 
0 :::
0 \t\n :
1 =
1 =1
1 active
1 active=
1 active=2
1 active=yes
0 active=0
1 profile=-1
1 sample_us=0
1 sample_us=1000000001
1 sample_us=99999999999999999999999
1 sample_us=0x10
1 sample_us=1e3
1 sample_us=-1
0 sample_us=1:sample_us=1000
1 memory_limit_mb=0
1 memory_limit_mb=4097
0 memory_limit_mb=1
1 dump_signal=KILL
1 dump_signal=SEGV
1 dump_signal=9
1 dump_signal=0
1 dump_signal=NOSUCH
0 dump_signal=SIGUSR1
1 no_such_option=1
2 no_such_option=1:neither=2
1 ACTIVE=0
1 LONG
1 LONG=1
1 profile_path=LONG
1 active=LONG
1 profile_path='unclosed
1 profile_path="unclosed:active=0
1 profile_path='x'y
1 profile_path=%%q
1 profile_path=%%n%%n
1 profile_path=missing/%%s
1 \033[31mred=1
1 \001\002=1
1 caf\303\251=1
0 profile_path=''
0 profile_path=
LIST
[ "$count" -eq 45 ] || fail "only $count lines of the list were tried"
