#!/usr/bin/env bash
# use_installed.sh PROJECTS FOLDER: the outside projects of the folder PROJECTS, with the lockwrap that is installed in /usr; built in FOLDER.
set -euo pipefail
projects=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
fail() { echo "failed: $*" && exit 1; }
[ "$(command -v lockwrap)" = /usr/bin/lockwrap ] || fail "the command that is found is not the one of the package: $(command -v lockwrap)"
lockwrap --help >/dev/null
export LOCKWRAP_COMMAND=lockwrap # the programs ask it what they are
for project in find_package plain_c; do
  cmake -G Ninja -S "$projects/$project" -B "$folder/$project" -DCMAKE_PREFIX_PATH= >/dev/null
  grep -q '^lockwrap_DIR:PATH=/usr/lib/' "$folder/$project/CMakeCache.txt" || fail "CMake found another lockwrap"
  cmake --build "$folder/$project" >/dev/null
  ctest --test-dir "$folder/$project" --output-on-failure --no-tests=error
done
cd "$folder"
make -f "$projects/make/Makefile" pkg_config PREFIX=/usr package=pkg-config
make -f "$projects/make/Makefile" response_file PREFIX=/usr
make -f "$projects/make/Makefile" plain_c PREFIX=/usr
