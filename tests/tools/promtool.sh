#!/usr/bin/env bash
# promtool.sh PROGRAM FOLDER: Prometheus' own checker has nothing to say against the exported metrics. Without promtool on the machine it is
# taken out of Debian's package, whose installation would start a server, and kept in FOLDER.
. "${0%/*}/support.sh"
program=$1 kept=$2/promtool
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
  promtool=$kept/usr/bin/promtool
  if [ ! -x "$promtool" ]; then
    (cd "$folder" && apt-get -q -o Acquire::Retries=2 -o Acquire::http::Timeout=30 download prometheus >said 2>&1) ||
      skip "no promtool here, and Debian's package prometheus cannot be fetched: $(tail -n 1 "$folder/said")"
    mkdir -p "$kept"
    dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -x -C "$kept" ./usr/bin/promtool
    rm "$folder"/prometheus_*.deb
  fi
fi

record "$program"
check() { # check OPTION...
  "$LOCKWRAP_COMMAND" export "$folder/profile.pb.gz" --format=prometheus "$@" >"$folder/metrics"
  "$promtool" check metrics <"$folder/metrics" >"$folder/said" 2>&1 || fail "promtool ended with $?" "$folder/said"
  [ ! -s "$folder/said" ] || fail "promtool is not content" "$folder/said"
}
check
holds "$folder/metrics" 'lockwrap_lock_waits_total{lock="the \"ledger\", main",kind="mutex",program="'
check --top 1
holds "$folder/metrics" '(other locks)'

# promtool does complain of what is wrong.
sed 's/_total counter/_total gauge/; /^lockwrap_lock_wait_seconds_count/d' "$folder/metrics" >"$folder/wrong"
! "$promtool" check metrics <"$folder/wrong" >/dev/null 2>&1 || fail "promtool takes everything"
