#!/usr/bin/env bash
# machine.sh CONDITION: the program on a machine that has less. It waits, tells its deadlock and writes its profile as anywhere, and its
# output and status are those of its twin without lockwrap. The machine is a sandbox that holds these programs, /out, and what is not left out.
# From CTest, beside what support.sh needs: MACHINE, SETTLED (its options are built in), PLAIN, BARE, STRIP. BARE is of this machine's own
# processor; an emulator of the others is in the sandbox, too.
. "${0%/*}/../scenario/support.sh"
condition=$1
status_wanted=3
root=$folder/root out=$folder/out
mkdir -p "$root"/{out,tmp,proc,dev} "$out" "$folder/programs"
cp "$MACHINE" "$SETTLED" "$folder/programs"
for program in "$MACHINE" "$SETTLED" "$PLAIN"; do "$STRIP" -o "$root/${program##*/}" "$program"; done
cp "$BARE" "$root/bare"
emulator=()
if [ -n "${LOCKWRAP_TEST_EMULATOR:-}" ]; then
  emulator=(/emulator)
  cp "$LOCKWRAP_TEST_EMULATOR" "$root/emulator"
fi

command -v bwrap >/dev/null || { echo "skipped: there is no bwrap (Debian: bubblewrap)" && exit 77; }
sandbox=(bwrap --unshare-pid --unshare-ipc --die-with-parent)
if ! reason=$("${sandbox[@]}" --bind "$root" / "${emulator[@]}" /machine_plain 2>&1 >/dev/null) && [[ $reason == bwrap:* ]]; then
  echo "skipped: this machine allows no sandbox: $reason" && exit 77
fi

# What a machine has, if nothing is left out.
root_is=(--bind "$root" /) out_is=(--bind "$out" /out)
proc=(--proc /proc) tmp=(--tmpfs /tmp) dev=(--dev /dev)
settings=()  # further arguments of the sandbox
options="profile_path=/out/profile:log=/out/log"
without= mode=usual  # without: what bare.c takes away
lacks=()     # what the program must say of its machine

# in_sandbox PROGRAM: it runs, with its output in $folder/output and $folder/errors and its status in $status.
in_sandbox() {
  status=0
  "${sandbox[@]}" "${root_is[@]}" "${out_is[@]}" "${proc[@]}" "${tmp[@]}" "${dev[@]}" "${settings[@]}" \
    /bare "+$without" "${emulator[@]}" "/$1" "$mode" >"$folder/output" 2>"$folder/errors" || status=$?
}

# The files of the program itself.
files_of_program() { (cd "$out" && for file in facts zero one two; do [ ! -e $file ] || cat $file; done); }

# runs PROGRAM: as the twin does, which runs first.
runs() {
  rm -rf "${out:?}"/*
  in_sandbox machine_plain
  [ "$status" -eq 3 ] || fail "the twin ended with $status"
  no_errors
  rm -rf "$folder/twin" && mkdir "$folder/twin"
  cp "$folder/output" "$folder/twin/output"
  files_of_program >"$folder/twin/files"

  rm -rf "${out:?}"/*
  ran=$1
  in_sandbox "$1"
  [ "$status" -eq "$status_wanted" ] || fail "ended with $status, not $status_wanted"
  [ "$status_wanted" -ne 3 ] || diff "$folder/twin/output" "$folder/output" || fail "the output is not the twin's"
  files_of_program | diff "$folder/twin/files" - || fail "the program's own files are not the twin's"
  # What is missing is missing. Where nothing can be seen the settings are those of a run before.
  local facts fact
  facts=$(cat "$folder/output" "$out"/facts 2>/dev/null | grep '^proc=' || true)
  for fact in ${lacks[@]+"${lacks[@]}"}; do
    [ -z "$facts" ] || [[ " $facts " == *" $fact "* ]] || fail "not the machine that was meant: $fact, not: $facts"
  done
}

# tells FILE [COMPLAINTS]: it holds the deadlock, and so many complaints; the command knows the functions. Whether it is told before that it is
# possible depends on who comes first.
tells() {
  [ "$(grep -c '^lockwrap: deadlock: ' "$1")" = 1 ] || { cat "$1" && fail "not one deadlock is told"; }
  [ "$(grep '^lockwrap: ' "$1" | grep -vcE '^lockwrap: (deadlock|lock-order): ')" = "${2:-0}" ] || { cat "$1" && fail "something else is told"; }
  "$LOCKWRAP_COMMAND" symbolize "$1" --binary "$folder/programs/$ran" >"$folder/named" || fail "the finding cannot be symbolised"
  [ "$(grep -c '^    waits in lock_up machine.c:' "$folder/named")" = 2 ] || { cat "$folder/named" && fail "it does not say where both wait"; }
}
# The program itself is found by its build-id: what the profile names is in the sandbox.
profiles() {
  gzip -t "$out/profile" || fail "no complete profile"
  "$LOCKWRAP_COMMAND" report --json "$out/profile" --debug-directory "$folder/programs" -o "$folder/report.json"
  "$CHECK_REPORT" "$folder/report.json" "$folder/output" lock=contended "contentions>=5" "waits_in:wait_for_lock>=1" \
    || fail "the report is not as expected"
}
only_in_out() { [ "$(ls "$out" | xargs)" = "$*" ] || fail "/out holds $(ls "$out" | xargs), not $*"; }
# Also where only the smallest tables are.
works() { # works [FILE_OF_PROGRAM]
  local more
  for more in "" ":memory_limit_mb=1"; do
    export LOCKWRAP_OPTIONS=$options$more
    runs machine_wrapped
    no_errors
    tells "$out/log"
    profiles
    only_in_out "$@" log profile
  done
}

read_only() {
  root_is=(--ro-bind "$root" /)
  lacks+=(root=0)
}
nothing_writable() {
  read_only
  out_is=() tmp=()
  lacks+=(out=0 tmp=0)
}
no_environment() {
  without+=e
  lacks+=(environment=0)
}
no_descriptors() {
  without+=d
  lacks+=(descriptors=0)
}

case $condition in
  usual)
    lacks=(proc=1 tmp=1 root=1 out=1 pid_1=0 environment=1 descriptors=3)
    works
    ;;
  no_proc)
    proc=() lacks=(proc=0)
    works
    ;;
  no_tmp)
    tmp=() lacks=(tmp=0)
    rmdir "$root/tmp"
    works
    ;;
  read_only)
    read_only
    works
    ;;
  no_environment)
    no_environment
    runs machine_settled
    no_errors
    tells "$out/log"
    profiles
    only_in_out log profile
    # Without an option anywhere: findings go to stderr, and no file is written.
    runs machine_wrapped
    tells "$folder/errors"
    only_in_out ""
    ;;
  pid_1)
    settings+=(--as-pid-1)
    lacks=(pid_1=1)
    works
    # abort() would end with 139 here
    status_wanted=66 mode=aborts options+=:on_deadlock=abort
    works
    ;;
  no_rights)
    # Another user than the one whom the sandbox maps: the files are not his.
    chmod 711 "$folder" && chmod 777 "$out"
    lacks=(superuser=0 capabilities=0)
    user=()
    [ "$(id -u)" -ne 0 ] || user=(--reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all)
    options="profile_path=$out/profile:log=$out/log"
    in_sandbox() {
      status=0
      setpriv "${user[@]}" --no-new-privs ${emulator[0]:+"$root/emulator"} "$root/$1" usual >"$folder/output" 2>"$folder/errors" || status=$?
    }
    works
    ;;
  no_descriptors)
    no_descriptors
    works facts
    mode=own_files
    export LOCKWRAP_OPTIONS=$options
    runs machine_wrapped
    tells "$out/log"
    only_in_out facts log one profile two zero
    # Findings for a stderr that is not there must not get into a file that has its number.
    export LOCKWRAP_OPTIONS="profile_path=/out/profile:report_at_exit=1:confirm=1"
    runs machine_wrapped
    only_in_out facts one profile two zero
    ;;
  nothing_writable)
    nothing_writable
    export LOCKWRAP_OPTIONS="profile_path=/out/profile"
    runs machine_wrapped
    tells "$folder/errors" 1
    grep -qx "lockwrap: the profile was not written to '/out/profile': no permission to write there" "$folder/errors" || fail "the profile is not missed"
    # Nor a log: findings are told on stderr instead, each after the reason.
    export LOCKWRAP_OPTIONS="log=/out/log"
    runs machine_wrapped
    tells "$folder/errors" "$(grep -cE '^lockwrap: (deadlock|lock-order): ' "$folder/errors")"
    grep -q "^lockwrap: cannot open the log '/out/log' " "$folder/errors" || fail "the log is not missed"
    no_descriptors
    runs machine_wrapped
    no_errors
    ;;
  everything)
    settings+=(--as-pid-1 --cap-drop ALL --unshare-user --uid 65534 --gid 65534)
    no_environment
    no_descriptors
    read_only
    proc=() tmp=() dev=()
    rmdir "$root"/{proc,tmp,dev}
    lacks+=(proc=0 tmp=0 pid_1=1 superuser=0 capabilities=0)
    runs machine_settled
    no_errors
    tells "$out/log"
    profiles
    only_in_out facts log profile
    # And /out is gone, too.
    nothing_writable
    for program in machine_settled machine_wrapped; do
      runs $program
      no_errors
      only_in_out ""
    done
    ;;
  *) fail "unknown condition $condition" ;;
esac
