#!/usr/bin/env bash
# package_contents.sh FOLDER VERSION SOURCE: what the packages hold, and that nothing in them names the machine that made them.
set -euo pipefail
folder=$1 version=$2 source=$3
fail() { echo "failed: $*" && exit 1; }

# Whatever is installed lies in one of these, and all of these are there.
wanted='bin/lockwrap bin/lockwrap-cc bin/lockwrap-c++ include/lockwrap/lockwrap.h lib/liblockwrap.a lib/lockwrap/link.rsp lib/cmake/lockwrap/lockwrap-config.cmake
  lib/lockwrap/liblockwrap.a lib/lockwrap/wrap.rsp lib/lockwrap/exclude.syms lib/cmake/lockwrap/lockwrap-toolchain.cmake
  lib/cmake/lockwrap/guard/x86_64.S lib/cmake/lockwrap/FindJemalloc.cmake share/man/man1/lockwrap.1'
for file in $wanted lib/pkgconfig/lockwrap.pc share/doc/lockwrap/LICENSE share/doc/lockwrap/README.md; do
  [ -s "$folder/unpacked/$file" ] || fail "$file is not in the .tar.gz"
done
for file in $wanted share/doc/liblockwrap-dev/{copyright,changelog,NEWS,README.md,ABI.md}; do
  [ -s "$folder/deb/usr/$file" ] || [ -s "$folder/deb/usr/$file.gz" ] || fail "$file is not in the .deb"
done
for root in "$folder/unpacked" "$folder/deb/usr"; do
  others=$(cd "$root" && find . -type f | grep -vE '^\./(bin/lockwrap(-cc|-c\+\+)?$|include/lockwrap/|lib/(liblockwrap\.a$|lockwrap/|cmake/lockwrap/|([a-z0-9_-]+/)?pkgconfig/lockwrap\.pc$)|share/(doc/(lib)?lockwrap(-dev)?/|man/man1/|bash-completion/completions/lockwrap$|zsh/site-functions/_lockwrap$))' || true)
  [ -z "$others" ] || fail "these are nowhere said to be: $others"
  ! grep -rlF -e "$folder" -e "$source" "$root" || fail "these files name folders of this machine"
  [ "$("$root/bin/lockwrap" --version)" = "lockwrap $version" ] || fail "$root/bin/lockwrap is another version"
done
[ "$(cd "$folder/deb" && ls)" = usr ] || fail "the .deb has files outside /usr"

# Built for anywhere, and for /usr.
[ "$(tail -n 1 "$folder/unpacked/lib/lockwrap/link.rsp")" = -llockwrap ] || fail "the response file of the .tar.gz has a place"
tail -n 1 "$folder/deb/usr/lib/lockwrap/link.rsp" | grep -qE '^"/usr/lib/(lockwrap/)?liblockwrap\.a"$' || fail "the response file of the .deb is not for /usr"

# The version is the same everywhere that it is written.
[ "$(dpkg-deb --field "$folder"/liblockwrap-dev_*.deb Version)" = "$version" ] || fail "the version of the .deb"
[[ $(dpkg-deb --field "$folder"/liblockwrap-dev_*.deb Depends) == *libc6-dev*libdw1* ]] || fail "the dependencies of the .deb"
changelog=$(gzip -dc "$folder/deb/usr/share/doc/liblockwrap-dev/changelog.gz" | head -n 1)
[[ $changelog == "lockwrap ($version) "* ]] || fail "toolchain/package/changelog begins with another version: $changelog"
