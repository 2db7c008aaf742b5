#!/usr/bin/env bash
# same_bytes.sh CPACK CMAKE SOURCE BUILD FOLDER: another copy of the sources, built in another folder, packed later and by somebody with
# another umask and time zone, gives the same liblockwrap.a and the same packages. The command is left out: its build takes a minute. The
# other build stays, for other_places.sh.
set -euo pipefail
cpack=$1 cmake=$2 source=$3 build=$4 folder=$5
fail() { echo "failed: $*" && exit 1; }
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
[ "$(cached CMAKE_GENERATOR)" = Ninja ] || { echo "skipped: only Ninja is compared" && exit 77; }

rm -rf "$folder"
mkdir -p "$folder/another place/sources"
other_source="$folder/another place/sources"
(cd "$source" && tar -c --exclude=./build --exclude=./.git --exclude=./out .) | tar -x -C "$other_source"
other_build="$other_source/made/here"

# pack BUILD FOLDER: only the component of the library
pack() {
  rm -rf "$2"
  "$cpack" --config "$1/CPackConfig.cmake" -G "TGZ;DEB" -D "CPACK_INSTALL_CMAKE_PROJECTS=$1;lockwrap;Unspecified;/" \
    -D CPACK_DEBIAN_PACKAGE_SHLIBDEPS=OFF -B "$2" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log" && fail "$1 cannot be packed"; }
}
pack "$build" "$folder/first"
"$cmake" -G Ninja -S "$other_source" -B "$other_build" -DLOCKWRAP_BUILD_COMMAND=OFF -DLOCKWRAP_BUILD_TESTS=OFF -DLOCKWRAP_BUILD_EXAMPLES=OFF \
  "-DCMAKE_C_COMPILER=$(cached CMAKE_C_COMPILER)" "-DCMAKE_CXX_COMPILER=$(cached CMAKE_CXX_COMPILER)" \
  "-DCMAKE_BUILD_TYPE=$(cached CMAKE_BUILD_TYPE)" >"$folder/log"
"$cmake" --build "$other_build" --target lockwrap >"$folder/log" || { tail -n 20 "$folder/log" && fail "the other copy cannot be built"; }
(umask 007 && TZ=Asia/Tokyo LC_ALL=C pack "$other_build" "$folder/second")

cmp "$build/toolchain/liblockwrap.a" "$other_build/toolchain/liblockwrap.a" || fail "the archives differ"
cd "$folder"
for package in first/*.tar.gz first/*.deb; do
  cmp "$package" "second/${package#*/}" || fail "the packages differ"
done
