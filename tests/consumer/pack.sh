#!/usr/bin/env bash
# pack.sh CPACK BUILD FOLDER: the packages of the build tree, in FOLDER; unpacked in FOLDER/unpacked and FOLDER/deb.
set -euo pipefail
cpack=$1 build=$2 folder=$3
rm -rf "$folder"
mkdir -p "$folder"/{unpacked,deb}
"$cpack" --config "$build/CPackConfig.cmake" -G "TGZ;DEB" -B "$folder"
tar -xzf "$folder"/lockwrap-*.tar.gz --strip-components=1 -C "$folder/unpacked"
dpkg-deb --extract "$folder"/liblockwrap-dev_*.deb "$folder/deb"
