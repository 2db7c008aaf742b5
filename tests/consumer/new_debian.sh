#!/usr/bin/env bash
# new_debian.sh PACKAGES PROJECTS FOLDER: a new Debian 12 in FOLDER, into which apt installs the .deb with what it depends on, and where the
# outside projects are then built and run. Takes about two minutes, and 0.8 GB from Debian's mirror: only with LOCKWRAP_TEST_NEW_DEBIAN=1.
set -euo pipefail
packages=$1 projects=$2 folder=$3
skip() { echo "skipped: $*" && exit 77; }
[ "${LOCKWRAP_TEST_NEW_DEBIAN:-0}" = 1 ] || skip "takes minutes and downloads a Debian; LOCKWRAP_TEST_NEW_DEBIAN=1 runs it"
[ "$(id -u)" -eq 0 ] || skip "needs root"
command -v debootstrap >/dev/null || skip "there is no debootstrap"
mirror=${LOCKWRAP_DEBIAN_MIRROR:-http://deb.debian.org/debian}

root=$folder/root
rm -rf "$folder"
mkdir -p "$folder"
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/log" 2>&1 ||
  { tail -n 5 "$folder/log" && skip "debootstrap could not get a Debian from $mirror"; }
cp "$packages"/liblockwrap-dev_*.deb "$root/tmp"
cp -r "$projects" "$root/consumer"
# With /proc, by which the projects' programs find their own files; in a namespace, so that it is gone with each command.
# shellcheck disable=SC2016  # they are of the shell in the namespace
in_proc='mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
in_root() { unshare --mount sh -c "$in_proc" "$root" /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }
in_root sh -c 'apt-get -q update && apt-get -q -y --no-install-recommends install /tmp/liblockwrap-dev_*.deb' >>"$folder/log" 2>&1 ||
  { tail -n 20 "$folder/log" && echo "failed: apt did not install the package" && exit 1; }
# What it depends on is enough for the command, and a compiler is all that a program then needs.
in_root lockwrap --version
in_root apt-get -q -y --no-install-recommends install g++ cmake ninja-build make pkg-config libjemalloc-dev >>"$folder/log" 2>&1
in_root /consumer/use_installed.sh /consumer /tmp/built
in_root dpkg --remove liblockwrap-dev >/dev/null
! in_root find / -xdev -path /consumer -prune -o -path /tmp -prune -o -name '*lockwrap*' -print | grep -v '^/var/lib/dpkg\|^/var/log\|^/var/cache' ||
  { echo "failed: something stays when the package is removed" && exit 1; }
