# Packages of what `cmake --install` installs: cmake --preset package, cmake --build --preset package; or cpack in any build folder.
#
#   lockwrap-VERSION-SYSTEM-PROCESSOR.tar.gz    one folder, to be unpacked anywhere; lockwrap-VERSION-musl.tar.gz with toolchain/musl.cmake
#   liblockwrap-dev_VERSION_ARCHITECTURE.deb    the same below /usr, for Debian and its kin
#
# The same sources and compiler give the same bytes, whenever and wherever they are packed: all times in a package are the one of the last
# entry of toolchain/package/changelog, or SOURCE_DATE_EPOCH. Included by the project itself only, not below another one.
set(CPACK_GENERATOR TGZ)
find_program(LOCKWRAP_DPKG dpkg)
mark_as_advanced(LOCKWRAP_DPKG)
if(LOCKWRAP_DPKG AND NOT CMAKE_CROSSCOMPILING)  # a .deb is for the machine's own processor and libc
  list(APPEND CPACK_GENERATOR DEB)
endif()

install(FILES README.md CHANGELOG.md LICENSE runtime/ABI.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(package_sources "${PROJECT_SOURCE_DIR}/toolchain/package")
# A packager gives his own: -DCPACK_PACKAGE_CONTACT=. This one can get no mail.
set(CPACK_PACKAGE_CONTACT "The lockwrap authors <lockwrap@lockwrap.invalid>" CACHE STRING "Maintainer of the packages")
mark_as_advanced(CPACK_PACKAGE_CONTACT)
set(CPACK_PACKAGE_VENDOR "The lockwrap authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "lock contention and deadlocks of a program, by relinking it")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(target "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
if(CMAKE_CROSSCOMPILING AND CMAKE_TOOLCHAIN_FILE)
  cmake_path(GET CMAKE_TOOLCHAIN_FILE STEM target)
endif()
set(CPACK_PACKAGE_FILE_NAME "lockwrap-${PROJECT_VERSION}-${target}")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEBIAN_PACKAGE_NAME liblockwrap-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libc6-dev)  # the archive's own; those of the command are added
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, pkg-config, libjemalloc-dev")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ${LOCKWRAP_BUILD_COMMAND})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A C or C++ program that is linked with lockwrap counts in production who waits
for which lock, where, and who held it meanwhile, and tells deadlocks, stuck
threads and misused locks when they happen. Its source stays as it is; static
programs, with any allocator, are what it is made for.
.
This package has the archive, the public header, what CMake, pkg-config and
compilers need to link with it, and the command that reads profiles.")

# The time of all files. A list of one for CPack's file of options, which is read once for each kind of package.
file(STRINGS "${package_sources}/changelog" trailer REGEX "^ -- ")
list(GET trailer 0 trailer)
string(REGEX REPLACE "^.*>  " "" trailer "${trailer}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${package_sources}/changelog")
execute_process(COMMAND date -u -d "${trailer}" +%s
                OUTPUT_VARIABLE LOCKWRAP_PACKAGE_TIME OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  message(STATUS "lockwrap: no `date` here that reads '${trailer}': packages are the same again only with SOURCE_DATE_EPOCH")
  set(LOCKWRAP_PACKAGE_TIME "")
endif()
configure_file("${PROJECT_SOURCE_DIR}/toolchain/cmake/package_options.cmake.in" package_options.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_BINARY_DIR}/package_options.cmake")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/toolchain/cmake/package_staged.cmake")
set(CPACK_POST_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/toolchain/cmake/package_packed.cmake")
set(CPACK_LOCKWRAP_SOURCES "${package_sources}")
set(CPACK_LOCKWRAP_LIBRARIES "${CMAKE_INSTALL_LIBDIR}")
set(CPACK_LOCKWRAP_DOCUMENTS "${CMAKE_INSTALL_DOCDIR}")
set(CPACK_LOCKWRAP_MANUALS "${CMAKE_INSTALL_MANDIR}")
set(CPACK_LOCKWRAP_OBJCOPY "${CMAKE_OBJCOPY}")
set(CPACK_LOCKWRAP_AR "${CMAKE_AR}")
include(CPack)
