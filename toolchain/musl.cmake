# Toolchain file: static programs with musl, on a machine with Debian's musl-tools (`-DCMAKE_TOOLCHAIN_FILE=`). On a distribution made of
# musl no toolchain file is needed.
#
# Compiling with glibc's headers and linking with musl is not enough: the layout of a mutex differs, and so does what libc declares.
# musl-gcc is the C++ compiler too, which links no libstdc++: Debian has none for musl. Of the one for glibc the headers alone are used,
# for what needs no library (<atomic>, <cstdint>). LOCKWRAP_MUSL_LIBSTDCXX: where tests/targets/build_musl_libstdcxx has built one, which is
# then used whole.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${CMAKE_HOST_SYSTEM_PROCESSOR}")
set(CMAKE_C_COMPILER musl-gcc)
set(CMAKE_CXX_COMPILER musl-gcc)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOCKWRAP_MUSL_LIBSTDCXX)
if(LOCKWRAP_MUSL_LIBSTDCXX)
  set(CMAKE_CXX_FLAGS_INIT
    "-isystem ${LOCKWRAP_MUSL_LIBSTDCXX}/include/c++ -isystem ${LOCKWRAP_MUSL_LIBSTDCXX}/include/c++/x86_64-pc-linux-musl")
  # gcc's unwinder comes after the library, and needs a function that was added to it.
  set(CMAKE_CXX_STANDARD_LIBRARIES_INIT "-L${LOCKWRAP_MUSL_LIBSTDCXX}/lib -Wl,--undefined=_dl_find_object -lstdc++")
  set(exceptions -Wl,--eh-frame-hdr) # what the unwinder reads; musl-gcc leaves it out
else()
  # libstdc++'s own folders, before musl's: <cstdlib> and the like go on to libc's header by #include_next.
  execute_process(COMMAND g++ -E -v -x c++ /dev/null ERROR_VARIABLE search OUTPUT_QUIET)
  string(REGEX MATCHALL "\n /[^\n]*/c[+][+]/[^\n]*" folders "${search}")
  string(REPLACE "\n " " -isystem " CMAKE_CXX_FLAGS_INIT "${folders}")
  string(REPLACE ";" "" CMAKE_CXX_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT}")
  # They were configured for glibc: they ask it for its version, and std::atomic::wait, which is nowhere used here, brings in std::mutex
  # with functions that musl lacks. Its include guard keeps it out.
  string(APPEND CMAKE_CXX_FLAGS_INIT " \"-D__GLIBC_PREREQ(major,minor)=0\" -D_GLIBCXX_ATOMIC_WAIT_H")
endif()

# What a configure check links must be answered by musl's libc.a: a dynamic program would need musl's loader.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static ${exceptions}")
