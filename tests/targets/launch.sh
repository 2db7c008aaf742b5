# What stands before a program that is to be run; to be sourced by the scripts of the tests. Programs of another processor need an emulator.
launch=()
if [ -n "${LOCKWRAP_TEST_EMULATOR:-}" ]; then
  launch=("$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/emulate")
fi
