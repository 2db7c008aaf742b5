#!/usr/bin/env bash
# README.md has a line | `option` | default | ... | for each option of runtime/options.def, with the same default, and no
# line for an option that does not exist.
# shellcheck disable=SC2016 # the backquotes are Markdown
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# defined ROOT: "name default" of each option; an empty text is "none".
defined() {
  sed -nE 's/^LOCKWRAP_(FLAG|NUMBER|CHOICE|TEXT)\(([a-z_]+), *("[^"]*"|[0-9]+),.*/\2 \3/p' "$1/runtime/options.def" |
    tr -d '"' | awk '{ print $1, (NF > 1 ? $2 : "none") }'
}

# described ROOT: "name default" of each row of the README's table of options, which begins with | option |.
described() {
  awk -F'|' '/^\| *option *\|/ { table = 1; next }
             !/^\|/ { table = 0 }
             table && $2 ~ /`/ { gsub(/[` ]/, "", $2); gsub(/[` ]/, "", $3); print $2, $3 }' "$1/README.md"
}

# check ROOT
check() {
  if [ -z "$(defined "$1")" ]; then
    echo "options.def: no option found"
    return 1
  fi
  none diff <(defined "$1" | sort) <(described "$1" | sort)
}

mkdir -p "$scratch/tree/runtime"
printf '%s\n' 'LOCKWRAP_FLAG(active, 1, "x")' 'LOCKWRAP_TEXT(log, "stderr", "x")' 'LOCKWRAP_TEXT(path, "",' \
  >"$scratch/tree/runtime/options.def"
readme() { printf '%s\n' '| option | default | meaning |' '|---|---|---|' "$@" >"$scratch/tree/README.md"; }
readme '| `active` | 1 | x |' '| `log` | stderr | x |' '| `path` | none | x |'
accepts check "$scratch/tree"
readme '| `active` | 1 | x |' '| `log` | stderr | x |'
refuses "path none" check "$scratch/tree"
readme '| `active` | 0 | x |' '| `log` | stderr | x |' '| `path` | none | x |'
refuses "active 0" check "$scratch/tree"
readme '| `active` | 1 | x |' '| `log` | stderr | x |' '| `path` | none | x |' '| `gone` | 1 | x |'
refuses "gone 1" check "$scratch/tree"

if [ ! -e "$LOCKWRAP_SOURCE/README.md" ]; then
  echo "no README.md yet"
  exit 0
fi
accepts check "$LOCKWRAP_SOURCE"
