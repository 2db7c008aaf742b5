#!/usr/bin/env bash
# What the archive needs from outside is what allowed_symbols.txt allows, and no line of that list is idle. So the archive
# provably allocates nothing, looks nothing up, throws nothing and calls pthread through __real_ only.
# shellcheck source=tests/check/expectations.sh
source "$(dirname "$0")/expectations.sh"

# Never, also not with a reason.
banned='^(malloc|calloc|realloc|reallocarray|free|memalign|posix_memalign|aligned_alloc|valloc|strdup|strndup'
banned+='|dlsym|dlvsym|dlopen|dladdr|dl_iterate_phdr|backtrace.*|_Unwind_.*|__cxa_.*|__gxx_.*|_Z.*|pthread_[^s].*|pthread_s[^e].*|mtx_.*|cnd_.*'
banned+='|fopen|printf|fprintf|snprintf|vsnprintf|stdin|stdout|stderr|exit|__wrap_.*)$'

undefined() { "$NM" -P -u "$1" | awk 'NF >= 2 { print $1 }' | sort -u; }

# check ARCHIVE LIST
check() {
  local offences=0 symbol reason name
  local needed idle
  needed=" $(undefined "$1" | tr '\n' ' ')"
  local allowed=" "
  while read -r symbol reason; do
    case $symbol in '' | '#'*) continue ;; esac
    idle=no
    name=${symbol%\?}
    [ "$name" = "$symbol" ] || idle=yes
    allowed+="$name "
    [ -n "$reason" ] || { echo "$name: the list gives no reason" && offences=1; }
    [[ ! $name =~ $banned ]] || { echo "$name: may not be on the list" && offences=1; }
    [ $idle = yes ] || [[ $needed == *" $name "* ]] || { echo "$name: on the list, but nothing needs it" && offences=1; }
  done <"$2"
  for name in $needed; do
    case $name in
      __aarch64_* | __aeabi_*) ;; # the compiler's own, in libgcc: atomic operations, divisions, unwind tables of ARM
      __real_*)
        [[ " $LOCKWRAP_SYMBOLS " == *" ${name#__real_} "* ]] ||
          { echo "$name: wrapped_symbols.def has no ${name#__real_}" && offences=1; } ;;
      *)
        [[ $allowed == *" $name "* ]] || { echo "$name: needed, but not on the list" && offences=1; } ;;
    esac
  done
  return $offences
}

list=$LOCKWRAP_SOURCE/tests/check/allowed_symbols.txt
accepts check "$LOCKWRAP_ARCHIVE" "$list"

# With another libc nothing more is allowed, but not every line is needed, and other functions are there to be wrapped.
check_other() {
  local LOCKWRAP_SYMBOLS
  LOCKWRAP_SYMBOLS=$(sed -nE 's/^LOCKWRAP_[A-Z0-9_]+\([a-z0-9]+, (.*)\)$/\1/p' "$LOCKWRAP_SOURCE/wrap/wrapped_symbols.def" | tr ',\n' '  ')
  sed -E 's/^([A-Za-z0-9_]+) /\1? /' "$2" >"$scratch/optional"
  check "$1" "$scratch/optional"
}
for archive in $LOCKWRAP_OTHER_ARCHIVES; do
  [ -s "$archive" ] || { echo "no archive: $archive" && exit 1; }
  accepts check_other "$archive" "$list"
done

object allocating 'void *malloc(unsigned long); void *get(void) { return malloc(8); }'
printf 'malloc? a reason\n' >"$scratch/allowing"
printf 'write a reason\n' >"$scratch/idle"
printf 'malloc?\n' >"$scratch/without_reason"
: >"$scratch/empty"
refuses "malloc: needed" check "$scratch/allocating.o" "$scratch/empty"
refuses "malloc: may not be" check "$scratch/allocating.o" "$scratch/allowing"
refuses "malloc: the list gives no reason" check "$scratch/allocating.o" "$scratch/without_reason"
refuses "write: on the list" check "$scratch/allocating.o" "$scratch/idle"
object unlisted 'int __real_puts(const char *); int put(void) { return __real_puts(""); }'
refuses "__real_puts" check "$scratch/unlisted.o" "$scratch/empty"
refuses "malloc: needed" check_other "$scratch/allocating.o" "$list"
refuses "__real_puts" check_other "$scratch/unlisted.o" "$list"
