#!/usr/bin/env bash
# seccomp.sh: the program of machine.sh in a container with the engine's default filter of system calls; with the usual rights of a
# container, and with none.
. "${0%/*}/../scenario/support.sh"
command -v podman >/dev/null || { echo "skipped: there is no podman (Debian: podman, runc)" && exit 77; }
# Images and containers of its own; flags that need no engine, no network and no overlay file system.
containers=(podman --root "$folder/storage" --runroot "$folder/run" --storage-driver=vfs --cgroup-manager=cgroupfs)
! command -v runc >/dev/null || containers+=(--runtime "$(command -v runc)")
run_flags=(--rm --network=none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
clean_up() {
  "${containers[@]}" rmi --all --force >/dev/null 2>&1 || true
  end_scenario
}
trap clean_up EXIT

mkdir "$folder/image" "$folder/out" "$folder/programs"
cp "$MACHINE" "$folder/programs"
for program in "$MACHINE" "$PLAIN"; do strip -o "$folder/image/${program##*/}" "$program"; done
printf 'FROM scratch\nCOPY . /\n' >"$folder/Containerfile"
"${containers[@]}" build --quiet --network=host --isolation=chroot -t machine -f "$folder/Containerfile" "$folder/image" >"$folder/errors" 2>&1 ||
  { echo "skipped: no image can be built here: $(tail -n 1 "$folder/errors")" && exit 77; }

# runs PROGRAM FLAG...: $status, $folder/output, $folder/errors
runs() {
  status=0
  rm -rf "${folder:?}"/out/* && chmod 777 "$folder/out"
  "${containers[@]}" run "${run_flags[@]}" "${@:2}" --volume "$folder/out:/out" --env LOCKWRAP_OPTIONS=profile_path=/out/profile:log=/out/log \
    localhost/machine "/$1" >"$folder/output" 2>"$folder/errors" || status=$?
}

for rights in "" "--read-only --read-only-tmpfs=false --cap-drop=all --security-opt=no-new-privileges --user=65534:65534"; do
  runs machine_plain $rights
  # 125 to 127 are the engine's own.
  if [ "$status" -ge 125 ] && [ "$status" -le 127 ]; then echo "skipped: no container can be run here: $(tail -n 1 "$folder/errors")" && exit 77; fi
  [ "$status" -eq 3 ] || fail "the twin ended with $status"
  grep -qE '^proc=1 .* pid_1=1 .* seccomp=1$' "$folder/output" || fail "not the machine that was meant"
  [ -z "$rights" ] || grep -qE ' root=0 out=1 .* superuser=0 capabilities=0 ' "$folder/output" || fail "not the machine that was meant"
  cp "$folder/output" "$folder/twin"

  runs machine_wrapped $rights
  [ "$status" -eq 3 ] || fail "ended with $status"
  no_errors
  diff "$folder/twin" "$folder/output" || fail "the output is not the twin's"
  "$LOCKWRAP_COMMAND" symbolize "$folder/out/log" --binary "$MACHINE" >"$folder/named"
  [ "$(grep -c '^lockwrap: deadlock: ' "$folder/named")" = 1 ] || fail "not one deadlock is told"
  [ "$(grep -c '^    waits in lock_up machine.c:' "$folder/named")" = 2 ] || { cat "$folder/named" && fail "it does not say where both wait"; }
  "$LOCKWRAP_COMMAND" report --json "$folder/out/profile" --debug-directory "$folder/programs" -o "$folder/report.json"
  "$CHECK_REPORT" "$folder/report.json" "$folder/output" lock=contended "contentions>=5" "waits_in:wait_for_lock>=1" || fail "the report is not as expected"
done
