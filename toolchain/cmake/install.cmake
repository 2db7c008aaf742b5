# The package: what `cmake --install` puts under the prefix for CMake, pkg-config and every other build system.
#
#   include/lockwrap/lockwrap.h             lib/lockwrap/liblockwrap.a
#   lib/cmake/lockwrap/                     find_package(lockwrap), lockwrap_guard, lockwrap_exclude, FindJemalloc.cmake, and
#                                           the toolchain file, lockwrap-toolchain.cmake
#   lib/pkgconfig/lockwrap.pc               pkg-config [--static] --libs lockwrap
#   lib/lockwrap/link.rsp                   c++ -static main.o @<prefix>/lib/lockwrap/link.rsp
#   lib/lockwrap/wrap.rsp                   the linker's options alone, for what knows where the archive is
#   lib/lockwrap/exclude.syms               objcopy --redefine-syms=<prefix>/lib/lockwrap/exclude.syms libfoo.a libfoo_unseen.a
#   lib/liblockwrap.a                       what -llockwrap finds: without the linker options it says what to add
#   bin/lockwrap-cc, bin/lockwrap-c++       CC=lockwrap-cc ./configure
#
# The tree may be moved after the installation: the CMake package and lockwrap.pc find everything from their own place.
# Only link.rsp cannot, because a response file has no name for its own folder: it holds the archive's absolute path, and
# the linker says so ("cannot find <old prefix>/lib/lockwrap/liblockwrap.a") when that is gone. The one in lockwrap-VERSION.tar.gz, which is unpacked
# anywhere, has -llockwrap instead, and the user says where: c++ -static main.o -L<prefix>/lib @<prefix>/lib/lockwrap/link.rsp
#
# Always there, also below another project that exports a target using lockwrap; add_subdirectory(... EXCLUDE_FROM_ALL)
# keeps it out of that project's own installation.
include(CMakePackageConfigHelpers)

set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/lockwrap")
install(TARGETS lockwrap EXPORT lockwrap-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}/lockwrap")

# -llockwrap. An archive is passed by when nothing asks for it, as in a link without the options, and the program would run unwatched:
# so this is a linker script, as libm.a is, which adds an object file that needs the options. mold finds what the script names in the folders
# of -L only.
add_library(lockwrap_options_check OBJECT options_check.c)
target_compile_definitions(lockwrap_options_check PRIVATE "LOCKWRAP_OPTIONS_SYMBOL=${LOCKWRAP_OPTIONS_SYMBOL}")
target_compile_options(lockwrap_options_check PRIVATE -fno-lto ${LOCKWRAP_SAME_PATHS})
set_target_properties(lockwrap_options_check PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
add_dependencies(lockwrap lockwrap_options_check)
install(FILES $<TARGET_OBJECTS:lockwrap_options_check> DESTINATION "${CMAKE_INSTALL_LIBDIR}/lockwrap" RENAME options_check.o)
install(FILES cmake/liblockwrap.a.ld DESTINATION "${CMAKE_INSTALL_LIBDIR}" RENAME liblockwrap.a)

install(FILES "${PROJECT_SOURCE_DIR}/runtime/include/lockwrap/lockwrap.h"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/lockwrap")
install(EXPORT lockwrap-targets NAMESPACE lockwrap:: DESTINATION "${package_directory}")

configure_package_config_file(cmake/lockwrap-config.cmake.in lockwrap-config.cmake
  INSTALL_DESTINATION "${package_directory}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/lockwrap-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/lockwrap-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/lockwrap-config-version.cmake"
  cmake/FindJemalloc.cmake
  lockwrap-toolchain.cmake lockwrap-project.cmake lockwrap-executables.cmake lockwrap-libraries.cmake
  DESTINATION "${package_directory}")
install(FILES
  guard/lockwrap_guard.cmake guard/x86_64.S guard/aarch64.S guard/armv7.S guard/i686.S guard/riscv64.S
  DESTINATION "${package_directory}/guard")
install(FILES exclude/lockwrap_exclude.cmake exclude/exclude_archive.cmake DESTINATION "${package_directory}/exclude")

# lockwrap.pc. -L and -l rather than the archive's path: only these follow PKG_CONFIG_SYSROOT_DIR.
file(RELATIVE_PATH LOCKWRAP_PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
file(RELATIVE_PATH LOCKWRAP_PC_INCLUDE "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
file(RELATIVE_PATH LOCKWRAP_PC_LIB "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
cmake_path(SET LOCKWRAP_PC_PREFIX NORMALIZE "${LOCKWRAP_PC_PREFIX}")
list(JOIN LOCKWRAP_LINK_FLAGS " " LOCKWRAP_PC_FLAGS)
configure_file(cmake/lockwrap.pc.in lockwrap.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/lockwrap.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# The linker's options, one a line.
list(JOIN LOCKWRAP_LINK_FLAGS "\n" LOCKWRAP_RSP_FLAGS)
file(CONFIGURE OUTPUT wrap.rsp CONTENT "-pthread\n@LOCKWRAP_RSP_FLAGS@\n" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/wrap.rsp" DESTINATION "${CMAKE_INSTALL_LIBDIR}/lockwrap")
lockwrap_exclude_list(LOCKWRAP_EXCLUDE_LIST ${wrapped})
file(CONFIGURE OUTPUT exclude.syms CONTENT "${LOCKWRAP_EXCLUDE_LIST}" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/exclude.syms" DESTINATION "${CMAKE_INSTALL_LIBDIR}/lockwrap")

# lockwrap-cc and lockwrap-c++, for the compilers that the archive was built with: their libc is the one that it fits.
file(RELATIVE_PATH WRAPPER_LIBRARIES "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
foreach(wrapper IN ITEMS "lockwrap-cc LOCKWRAP_CC C" "lockwrap-c++ LOCKWRAP_CXX CXX")
  separate_arguments(wrapper)
  list(POP_FRONT wrapper WRAPPER_NAME WRAPPER_VARIABLE language)
  get_filename_component(WRAPPER_COMPILER "${CMAKE_${language}_COMPILER}" NAME)
  string(APPEND WRAPPER_COMPILER "${CMAKE_${language}_COMPILER_ARG1}")  # `CC="ccache gcc"`: the second word, with a blank before it
  configure_file(wrapper/lockwrap-cc.in ${WRAPPER_NAME} @ONLY)
  install(PROGRAMS "${CMAKE_CURRENT_BINARY_DIR}/${WRAPPER_NAME}" DESTINATION "${CMAKE_INSTALL_BINDIR}")
endforeach()

# link.rsp, written when the prefix is known for sure: `cmake --install --prefix` may have changed it.
install(CODE "
  set(flags \"${CMAKE_CURRENT_BINARY_DIR}/wrap.rsp\")
  set(response \"${CMAKE_CURRENT_BINARY_DIR}/link.rsp\")
  set(libraries \"${CMAKE_INSTALL_LIBDIR}\")")
install(CODE [[
  get_filename_component(prefix "${CMAKE_INSTALL_PREFIX}" ABSOLUTE)
  get_filename_component(libraries "${libraries}" ABSOLUTE BASE_DIR "${prefix}")
  set(archive "${libraries}/lockwrap/liblockwrap.a")
  if(LOCKWRAP_FINAL_PREFIX)  # a package: installed here only to be packed
    file(RELATIVE_PATH archive "${prefix}" "${archive}")
    set(archive "${LOCKWRAP_FINAL_PREFIX}/${archive}")
  endif()
  set(archive "\"${archive}\"")
  if(DEFINED LOCKWRAP_FINAL_PREFIX AND LOCKWRAP_FINAL_PREFIX STREQUAL "")
    set(archive -llockwrap)
  endif()
  file(READ "${flags}" text)
  file(WRITE "${response}" "${text}${archive}\n")
  file(INSTALL "${response}" DESTINATION "${libraries}/lockwrap")]])
