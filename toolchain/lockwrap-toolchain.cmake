# Toolchain file: every executable of an unmodified project is linked with lockwrap.
#
#   cmake -DCMAKE_TOOLCHAIN_FILE=<prefix>/lib/cmake/lockwrap/lockwrap-toolchain.cmake ...
#
# Also from lockwrap's source tree (toolchain/lockwrap-toolchain.cmake): the archive is then built first, into the build folder.
#
# Options, each a -D or an environment variable:
#   LOCKWRAP_STATIC=ON      executables are fully static
#   LOCKWRAP_JEMALLOC=ON    executables have the static jemalloc in them; JEMALLOC_ROOT: where it is, if not where the compiler looks
#   LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE=FILE   your own toolchain file, read first
#
# A -D does not reach the projects that a build makes with ExternalProject, as with every toolchain file. Environment variables do, when
# they are set for the configuration and for the build: CMAKE_TOOLCHAIN_FILE, and the options above.
#
# Not for programs that the compiler of another language links, Fortran's or CUDA's. A second way, which leaves the toolchain file to you: lockwrap-project.cmake.
include_guard()

foreach(_lockwrap_option IN ITEMS LOCKWRAP_STATIC LOCKWRAP_JEMALLOC LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE JEMALLOC_ROOT)
  if(NOT DEFINED ${_lockwrap_option} AND DEFINED ENV{${_lockwrap_option}})
    set(${_lockwrap_option} "$ENV{${_lockwrap_option}}")
  endif()
endforeach()

if(LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE)
  if(NOT IS_ABSOLUTE "${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
    message(FATAL_ERROR "lockwrap: LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE is ${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}; give its whole path, "
                        "because it is read from several folders")
  elseif(NOT EXISTS "${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
    message(FATAL_ERROR "lockwrap: there is no LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE ${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
  endif()
  include("${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
endif()

# What is tried with a small program of its own must be tried with the same libc, and statically if so. After that file, which may set this.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOCKWRAP_STATIC LOCKWRAP_JEMALLOC LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE JEMALLOC_ROOT)

include("${CMAKE_CURRENT_LIST_DIR}/lockwrap-executables.cmake")
