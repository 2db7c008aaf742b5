# What the table of linkers says of its cells, as cell, table and the tests read it. To be sourced.
#
# A cell: COMPILER BUILD LINKER KIND LANGUAGE, e.g. gcc lto bfd static C++. It works if it has no note; it cannot work if one of its notes
# is one of `impossible`; else it works under the conditions of its notes, and each of them, left out alone, ends as its note says.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2016 # the lists are for those who source this; backticks are Markdown's

compilers=(gcc clang)
linkers=(bfd gold lld mold)
kinds=(dynamic static static-pie)
languages=(C C++)
# Tables of their own: all kinds and languages; builds with further options, in C++, the sanitizers in dynamic programs only.
lto_builds=(plain lto thin)
other_builds=(sections icf now split address undefined)

notes=(libstdc++ slim plugin static-pie icf) # in the order of the table
impossible=(static-pie icf)

# builds_of_compiler COMPILER BUILD...: those that this compiler has. Thin LTO is clang's alone.
builds_of_compiler() {
  local build
  for build in "${@:2}"; do [ "$1 $build" = "gcc thin" ] || printf '%s\n' "$build"; done
}

kinds_of() { # kinds_of BUILD
  case $1 in address | undefined) echo dynamic ;; *) printf '%s\n' "${kinds[@]}" ;; esac
}

driver_of() { # driver_of COMPILER LANGUAGE
  case "$1 $2" in "gcc C++") echo g++ ;; "clang C++") echo clang++ ;; *) echo "$1" ;; esac
}

# The user's options for the compiler, which are given when linking, too.
options_of() { # options_of BUILD
  case $1 in
    plain | now) echo ;;
    lto) echo -flto ;;
    lto-fat) echo -flto -ffat-lto-objects ;;
    thin) echo -flto=thin ;;
    sections) echo -ffunction-sections -fdata-sections ;;
    icf) echo -ffunction-sections ;;
    split) echo -g -gsplit-dwarf ;;
    address) echo -g -fsanitize=address ;;
    undefined) echo -g -fsanitize=undefined ;;
    thread) echo -g -fsanitize=thread ;;
    *) echo "no build is called $1" >&2 && return 1 ;;
  esac
}

link_options_of() { # link_options_of BUILD
  case $1 in
    sections) echo -Wl,--gc-sections ;;
    icf) echo -Wl,--icf=all ;;
    now) echo -Wl,-z,now ;;
    *) echo ;;
  esac
}

# The options of a build as the table names them.
title_of() { # title_of COMPILER BUILD
  local options
  options="$(options_of "$2") $(link_options_of "$2")"
  options=$(sed -E 's/^ +//; s/ +$//; s/^-g //; s/ +/ /g' <<<"$options")
  echo "$1${options:+ \`$options\`}"
}

notes_of() { # notes_of COMPILER BUILD LINKER KIND LANGUAGE
  case "$3 $4" in "gold static-pie") echo static-pie && return ;; esac
  case "$2 $3" in
    "icf bfd") echo icf && return ;;
    "lto lld") [ "$1" = clang ] || echo slim ;;
  esac
  case "$1 $2 $3" in "clang lto lld" | "clang thin lld") ;; "clang lto "* | "clang thin "*) echo plugin ;; esac
  case "$4 $5" in "dynamic C++") echo libstdc++ ;; esac
}

is_impossible() { [[ " ${impossible[*]} " == *" $1 "* ]]; }

# What the linker says, as an extended regular expression; nothing where the program links, and shows it when it runs.
error_of() { # error_of NOTE
  case $1 in
    slim) echo 'undefined symbol: main' ;;
    plugin) echo '(error loading|could not load|could not open) plugin.*LLVMgold\.so: cannot open shared object file' ;;
    static-pie) echo '--no-dynamic-linker: unknown option' ;;
    icf) echo "unrecognized option '--icf=all'" ;;
  esac
}

text_of() { # text_of NOTE
  case $1 in
    libstdc++) echo "with \`-static-libstdc++\`. Else what \`libstdc++.so\` calls is not seen: the waits of \`std::condition_variable\`, and the" \
      "threads that \`std::thread\` makes and joins. Locks are seen all the same." ;;
    slim) echo "compile with \`-ffat-lto-objects\`: lld knows nothing of gcc's bytecode and takes the machine code beside it, so nothing is" \
      "optimised at link time. Without it:" ;;
    plugin) echo "with LLVM's plugin for other linkers (Debian: \`llvm-14-linker-tools\`, comes with \`clang-14\`). Without it:" ;;
    static-pie) echo "gold has no \`-static-pie\`, with or without lockwrap:" ;;
    icf) echo "GNU ld has no \`--icf\`, with or without lockwrap:" ;;
  esac
}

# Allocators, and how each is linked. What is not said to be a shared library is the static archive.
allocators=(glibc jemalloc mimalloc "mimalloc shared" tcmalloc "tcmalloc shared")

libraries_of() { # libraries_of ALLOCATOR
  case $1 in
    glibc) echo ;;
    jemalloc) echo -l:libjemalloc.a -lm ;;
    mimalloc) echo -l:libmimalloc.a ;;
    "mimalloc shared") echo -lmimalloc ;;
    tcmalloc) echo -l:libtcmalloc_minimal.a ;;
    "tcmalloc shared") echo -ltcmalloc ;;
  esac
}

kinds_of_allocator() { # kinds_of_allocator ALLOCATOR
  case $1 in *shared) echo dynamic ;; *) printf '%s\n' "${kinds[@]}" ;; esac
}
