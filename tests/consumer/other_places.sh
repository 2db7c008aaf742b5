#!/usr/bin/env bash
# other_places.sh CMAKE BUILD PROJECTS FOLDER: every folder of GNUInstallDirs that the installation uses has another name, and the prefix is
# moved afterwards: nothing lands elsewhere, and CMake and pkg-config find all of it.
set -euo pipefail
cmake=$1 build=$2 projects=$3 folder=$4
fail() { echo "failed: $*" && exit 1; }
[ -e "$build/CMakeCache.txt" ] || { echo "skipped: there is no other build" && exit 77; }
rm -rf "$folder"
mkdir -p "$folder"
"$cmake" "$build" -DCMAKE_INSTALL_LIBDIR=lib/for/here -DCMAKE_INSTALL_INCLUDEDIR=headers -DCMAKE_INSTALL_DOCDIR=texts >/dev/null
"$cmake" --install "$build" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/moved prefix"
cd "$folder/moved prefix"
[ "$(ls | xargs)" = "bin headers lib texts" ] || fail "the prefix holds: $(ls | xargs)"
[ "$(ls lib/for/here | xargs)" = "cmake liblockwrap.a lockwrap pkgconfig" ] || fail "the library folder holds: $(ls lib/for/here | xargs)"
[ -f headers/lockwrap/lockwrap.h ] && [ -f texts/LICENSE ] || fail "the header or the licence is missing"

"$cmake" -G Ninja -S "$projects/plain_c" -B "$folder/plain_c" "-Dlockwrap_DIR=$PWD/lib/for/here/cmake/lockwrap" >/dev/null
"$cmake" --build "$folder/plain_c" >/dev/null
(cd "$folder/plain_c" && ctest --output-on-failure --no-tests=error)
# pkg-config puts a backslash before a space, which a makefile's shell takes for a part of the name.
mv "$PWD" "$folder/prefix" && mkdir "$folder/make" && cd "$folder/make"
make -f "$projects/make/Makefile" pkg_config "package=PKG_CONFIG_PATH=$folder/prefix/lib/for/here/pkgconfig pkg-config"
