#!/usr/bin/env bash
# Who may include whom: wrap -> runtime/hooks.h; inside runtime: hooks, api, lifecycle -> report -> contention (and its like)
# -> locks -> stack -> base. The command includes nothing of either; inside it: commands -> pictures, export, merge, check -> report -> names ->
# profile -> base. __wrap_ and __real_ are words of wrap/ only.
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

# command_may_include FOLDER: the same of toolchain/cli.
command_may_include() {
  case $1 in
    base) echo "base" ;;
    profile) echo "profile base" ;;
    names) echo "names profile base" ;;
    report) echo "report names profile base" ;;
    pictures | export) echo "$1 report names profile base" ;;
    merge) echo "merge names profile base" ;;
    check) echo "check names base" ;;
    top) echo "top pictures export merge check report names profile base" ;;
    *) echo "" ;;
  esac
}

# command_folder PATH: the folder of toolchain/cli that the path, from there, is in.
command_folder() {
  case $1 in
    */*) echo "${1%%/*}" ;;
    *) echo top ;;
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
    case $file in
      toolchain/cli/*)
        name=${name#toolchain/cli/}
        [ -e "$1/toolchain/cli/$name" ] || continue # the C++ library's, or another one's
        file=${file#toolchain/cli/}
        [[ " $(command_may_include "$(command_folder "$file")") " == *" $(command_folder "$name") "* ]] ||
          { echo "toolchain/cli/$file: $name" && offences=1; } ;;
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
# bad_command FILE INCLUDED: the same within the command, where the included file must be there.
bad_command() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree"/{wrap,runtime} "$(dirname "$scratch/tree/toolchain/cli/$1")" "$(dirname "$scratch/tree/toolchain/cli/$2")"
  touch "$scratch/tree/toolchain/cli/$2"
  echo "#include \"$2\"" >"$scratch/tree/toolchain/cli/$1"
  refuses "toolchain/cli/$1: $2" check "$scratch/tree"
}
bad_command base/error.cpp profile/profile.h
bad_command profile/profile_reader.cpp names/frame_source.h
bad_command report/lock_report.cpp pictures/flame_tree.h
bad_command check/check_text.cpp report/lock_report.h
bad_command export/export_csv.cpp command_line.h
bad runtime/hooks.cpp '// calls __real_pthread_mutex_lock'
bad examples/main.cpp 'int __wrap_fork(void);'
mkdir -p "$scratch/good"/{wrap,runtime/contention,toolchain}
echo '#include "runtime/locks/held_list.h"' >"$scratch/good/runtime/contention/blame.cpp"
echo '#include "runtime/hooks.h"' >"$scratch/good/wrap/mutex.cpp"
echo 'const char *wrapper = "__wrap_fork";' >"$scratch/good/runtime/hooks.cpp"
accepts check "$scratch/good"
