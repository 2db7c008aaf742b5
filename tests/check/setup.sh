#!/usr/bin/env bash
# toolchain/setup on machines that this one is not: without apt-get, without the network, without root. Each stand-in for a
# tool lies in a folder that is the whole PATH.
# shellcheck disable=SC2016 # the stand-ins expand their own variables
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"
setup=$LOCKWRAP_SOURCE/toolchain/setup

# machine NAME TOOL...: a PATH with these real tools; stand_in adds to it.
machine() {
  path=$scratch/$1
  mkdir "$path"
  local tool
  for tool in bash env mktemp rm tail "${@:2}"; do ln -s "$(command -v "$tool")" "$path/$tool"; done
}
stand_in() {
  rm -f "$path/$1"
  printf '#!/bin/bash\n%s\n' "$2" >"$path/$1"
  chmod +x "$path/$1"
}

# runs EXIT_CODE TEXT ARGUMENT...: setup ends so and says this, or nothing for an empty text; without standard input.
runs() {
  local code=0
  PATH=$path "$(command -v bash)" "$setup" "${@:3}" <&- >"$scratch/said" 2>&1 || code=$?
  if [ $code -ne "$1" ] || { [ -n "$2" ] && ! grep -qF -- "$2" "$scratch/said"; } ||
    { [ -z "$2" ] && [ -s "$scratch/said" ]; }; then
    printf 'expected exit code %s and "%s", got %s and:\n' "$1" "$2" $code
    cat "$scratch/said"
    exit 1
  fi
}

everything_installed='for package in "${@:4}"; do echo "installed $package"; done'

machine no_apt
runs 2 "no apt-get here"
runs 0 "ninja-build" --list

machine complete
stand_in dpkg-query "$everything_installed"
stand_in apt-get 'echo "apt-get must not run" >&2; exit 1'
runs 0 ""
runs 2 "unknown argument: --nonsense" --nonsense

# No network: apt-get update reports success as the real one does, and nothing gets installed.
machine offline
stand_in id 'echo 0'
stand_in dpkg-query 'exit 1'
stand_in apt-get 'case " $* " in *" update "*) exit 0 ;; esac; echo "E: Unable to fetch some archives"; exit 100'
runs 1 "could not install: cmake"
runs 1 "Unable to fetch"

# Even an apt-get that claims success is not believed.
stand_in apt-get 'exit 0'
runs 1 "could not install: cmake"

machine not_root
stand_in id 'echo 1000'
stand_in dpkg-query 'exit 1'
stand_in apt-get 'exit 1'
runs 2 "sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake"
runs 2 "libleveldb-dev" --for-examples

# Fresh machine: the lists are empty, so the first installation fails, the one after the update does not.
machine fresh
stand_in id 'echo 1000'
stand_in sudo 'while [[ $1 == -n || $1 == true ]]; do [ "$1" = true ] && exit 0; shift; done; exec "$@"'
stand_in dpkg-query "[ -e $scratch/installed ] || exit 1; $everything_installed"
stand_in apt-get "case \" \$* \" in
  *' update '*) : >$scratch/updated ;;
  *) [ -e $scratch/updated ] || exit 100; : >$scratch/installed ;;
esac"
runs 0 "installing cmake"
runs 0 ""
