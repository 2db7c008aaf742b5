#!/usr/bin/env bash
# Who may include whom: wrap -> runtime/hooks.h; inside runtime: hooks, api, lifecycle -> report -> contention (and its like)
# -> locks -> stack -> base. The command includes nothing of either. __wrap_ and __real_ are words of wrap/ only.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# may_include FOLDER: the folders of runtime that a file in runtime/FOLDER may include; "top" is runtime/ itself.
may_include() {
  case $1 in
    base) echo "base" ;;
    stack) echo "stack base" ;;
    locks) echo "locks stack base" ;;
    contention | deadlock | misuse) echo "$1 locks stack base" ;;
    report) echo "report contention deadlock misuse locks stack base" ;;
    top) echo "top report contention deadlock misuse locks stack base" ;;
    *) echo "" ;;
  esac
}

# folder PATH: the folder of runtime that the path is in.
folder() {
  case $1 in
    runtime/*/*) echo "$1" | cut -d/ -f2 ;;
    *) echo top ;;
  esac
}

# includes ROOT FOLDER: "file include" for each include line that names one of our files, from the root of the tree.
includes() {
  local file name
  (cd "$1" && find "$2" -name '*.[ch]' -o -name '*.cpp' -o -name '*.def') |
    (cd "$1" && xargs -r grep -HoE '^ *# *include +["<][^">]+[">]') |
    sed -E 's/^([^:]+): *# *include +["<]([^">]+)[">]$/\1 \2/' |
    while read -r file name; do
      if [ -e "$1/$(dirname "$file")/$name" ]; then name=$(dirname "$file")/$name; fi
      echo "$file $name"
    done
}

wrapper_words() { sed 's/"[^"]*"//g' "$1" | grep -nE '__(wrap|real)_' | sed "s|^|$1:|"; }

# check ROOT
check() {
  local offences=0 file name
  while read -r file name; do
    case $name in
      runtime/hooks.h | wrap/*) ;;
      runtime/*) echo "$file: $name (of runtime/, only runtime/hooks.h)" && offences=1 ;;
      toolchain/*) echo "$file: $name" && offences=1 ;;
    esac
  done < <(includes "$1" wrap)
  while read -r file name; do
    case $name in
      runtime/include/* | lockwrap/lockwrap.h | runtime/options.def) ;;
      *../*) echo "$file: $name (write the path from the top)" && offences=1 ;;
      runtime/*)
        [[ " $(may_include "$(folder "$file")") " == *" $(folder "$name") "* ]] || { echo "$file: $name" && offences=1; } ;;
      wrap/* | toolchain/*) echo "$file: $name" && offences=1 ;;
    esac
  done < <(includes "$1" runtime)
  while read -r file name; do
    case $name in
      runtime/* | wrap/* | lockwrap/lockwrap.h) echo "$file: $name" && offences=1 ;;
    esac
  done < <(includes "$1" toolchain)
  while read -r file; do
    case $file in
      wrap/* | tests/* | toolchain/* | *.md) ;;
      # Not what stands in quotation marks: a report may know a wrapper by its name.
      *) none wrapper_words "$1/$file" || offences=1 ;;
    esac
  done < <(source_files "$1")
  return $offences
}

accepts check "$LOCKWRAP_SOURCE"

# bad FILE LINE: a tree whose one file has that line is refused, by name.
bad() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree"/{wrap,runtime,toolchain} "$(dirname "$scratch/tree/$1")"
  echo "$2" >"$scratch/tree/$1"
  refuses "$1" check "$scratch/tree"
}
bad wrap/mutex.cpp '#include "runtime/locks/held_list.h"'
bad runtime/base/arena.cpp '#include "runtime/locks/held_list.h"'
bad runtime/locks/held_list.cpp '#include "runtime/contention/blame.h"'
bad runtime/stack/walk.cpp '#include "runtime/locks/held_list.h"'
bad runtime/contention/blame.cpp '#include "runtime/report/text_report.h"'
bad runtime/report/text_report.cpp '#include "runtime/hooks.h"'
bad runtime/unknown/thing.cpp '#include "runtime/base/arena.h"'
bad runtime/base/arena.cpp '#include "../locks/held_list.h"'
bad runtime/hooks.cpp '#include "wrap/declarations.h"'
bad toolchain/cli/main.cpp '#include "runtime/base/text.h"'
bad runtime/hooks.cpp '// calls __real_pthread_mutex_lock'
bad examples/main.cpp 'int __wrap_fork(void);'
mkdir -p "$scratch/good"/{wrap,runtime/contention,toolchain}
echo '#include "runtime/locks/held_list.h"' >"$scratch/good/runtime/contention/blame.cpp"
echo '#include "runtime/hooks.h"' >"$scratch/good/wrap/mutex.cpp"
echo 'const char *wrapper = "__wrap_fork";' >"$scratch/good/runtime/hooks.cpp"
accepts check "$scratch/good"
