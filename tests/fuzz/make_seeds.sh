#!/usr/bin/env bash
# make_seeds.sh FOLDER NOTE_OBJECT WRAPPERS_C LIBC_C LINK_FLAGS: small programs for the fuzzer to begin with, of each kind: static, static-pie,
# dynamic, stripped, without section headers, and each under the name of other processors. From CMake: CC, LD, STRIP.
set -euo pipefail
folder=$1 note=$2 wrappers=$3 libc=$4 flags=$5
source_folder=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -rf "$folder"
mkdir -p "$folder"

cat >"$scratch/main.c" <<'C'
int pthread_mutex_lock(void *), pthread_mutex_unlock(void *), __real_pthread_mutex_lock(void *);
static int mutex[16];
int past(void) { return __real_pthread_mutex_lock(mutex) + 1; }
int (*chosen)(void *) = __real_pthread_mutex_lock;
void _start(void) {
  pthread_mutex_lock(mutex);
  past();
  chosen(mutex);
  pthread_mutex_unlock(mutex);
}
C
compile=("$CC" -w -fno-builtin -fPIE -O2 -fno-stack-protector)
"${compile[@]}" -c "$scratch/main.c" -o "$scratch/main.o"
"${compile[@]}" -c "$wrappers" -o "$scratch/wrappers.o"
"${compile[@]}" -c "$libc" -o "$scratch/libc.o"
"$LD" -r -T "$source_folder/toolchain/own_code.ld" -o "$scratch/lockwrap.o" "$note" "$scratch/wrappers.o"

# Without --undefined, which would want libc's own inner function; the small lockwrap.o is linked by name.
grep -- --wrap= "$flags" >"$scratch/wrap.rsp"
link() { "$CC" -nostdlib -Wl,--eh-frame-hdr -Wl,-z,noseparate-code "@$scratch/wrap.rsp" "$scratch/main.o" "$scratch/lockwrap.o" "$@"; }
link -static "$scratch/libc.o" -o "$folder/static"
link -static-pie "$scratch/libc.o" -o "$folder/static-pie"
"$CC" -shared -nostdlib -Wl,-soname,libc.so.6 "$scratch/libc.o" -o "$scratch/libc.so.6"
link -pie "$scratch/libc.so.6" -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 -o "$folder/dynamic"
link -no-pie "$scratch/libc.so.6" -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 -o "$folder/no-pie"
cp "$scratch/libc.so.6" "$folder/shared"

for kind in static static-pie dynamic; do
  "$STRIP" -o "$folder/$kind-stripped" "$folder/$kind"
  # The section headers are at the end of a file; bytes 40 and 60 of its header say where, and how many.
  cp "$folder/$kind-stripped" "$folder/$kind-no-sections"
  printf '\0\0\0\0\0\0\0\0' | dd of="$folder/$kind-no-sections" bs=1 seek=40 conv=notrunc status=none
  printf '\0\0\0\0' | dd of="$folder/$kind-no-sections" bs=1 seek=60 conv=notrunc status=none
done
# Byte 18 is the processor: aarch64, ARM, x86, RISC-V.
for machine in 267 050 003 363; do
  for kind in static dynamic; do
    cp "$folder/$kind" "$folder/$kind-machine-$machine"
    printf "\\$machine\\0" | dd of="$folder/$kind-machine-$machine" bs=1 seek=18 conv=notrunc status=none
  done
done
