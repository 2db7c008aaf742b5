# The packages that CPack makes, used from where their users have them: the .tar.gz unpacked somewhere, the .deb in an empty prefix, the
# .deb as if it were installed, and, when somebody asks for it, installed by apt in a new Debian.
set(packages "${place}/packages")
find_program(LOCKWRAP_DPKG_DEB dpkg-deb)
mark_as_advanced(LOCKWRAP_DPKG_DEB)
if(NOT LOCKWRAP_DPKG_DEB OR NOT LOCKWRAP_BUILD_COMMAND)
  include("${PROJECT_SOURCE_DIR}/tests/skipped_test.cmake")
  skipped_test(consumer.the_packages_are_packed "dpkg or the lockwrap command is missing")
  return()
endif()

# package_test(NAME SCRIPT ARGUMENT...): a script on the packages.
function(package_test name script)
  add_test(NAME "${name}" COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/${script}" ${ARGN})
  consumer_properties("${name}" consumer_packages)
  set_tests_properties("${name}" PROPERTIES SKIP_RETURN_CODE 77)
endfunction()

add_test(NAME consumer.the_packages_are_packed
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/pack.sh" "${CMAKE_CPACK_COMMAND}" "${CMAKE_BINARY_DIR}" "${packages}")
set_tests_properties(consumer.the_packages_are_packed PROPERTIES
  FIXTURES_SETUP consumer_packages RESOURCE_LOCK consumer_installation TIMEOUT 120)
package_test(consumer.the_packages_hold_what_they_should package_contents.sh "${packages}" "${PROJECT_VERSION}" "${PROJECT_SOURCE_DIR}")
package_test(consumer.lintian_finds_nothing_else lintian.sh "${packages}")

# make_in_package(NAME TARGET ARGUMENT...): as consumer_make, with other places.
function(make_in_package name target)
  string(MAKE_C_IDENTIFIER "${name}" build)
  file(MAKE_DIRECTORY "${place}/${build}")
  add_test(NAME "${name}" WORKING_DIRECTORY "${place}/${build}"
    COMMAND "${MAKE_COMMAND}" -f "${CMAKE_CURRENT_SOURCE_DIR}/make/Makefile" "${target}" "CC=${CMAKE_C_COMPILER}" "CXX=${CMAKE_CXX_COMPILER}" ${ARGN})
  consumer_properties("${name}" consumer_packages)
endfunction()

set(unpacked "${packages}/unpacked")
consumer_project(consumer.find_package_finds_the_unpacked_archive find_package consumer_packages "-DCMAKE_PREFIX_PATH=${unpacked}")
make_in_package(consumer.pkg_config_of_the_unpacked_archive_wraps pkg_config "PREFIX=${unpacked}")
make_in_package(consumer.the_response_file_of_the_unpacked_archive_wraps_with_its_place response_file "PREFIX=${unpacked}"
  "response=-L${unpacked}/lib @${unpacked}/lib/lockwrap/link.rsp")

set(deb_prefix "${packages}/deb/usr")
consumer_project(consumer.find_package_finds_the_deb_in_an_empty_prefix find_package consumer_packages "-DCMAKE_PREFIX_PATH=${deb_prefix}")
make_in_package(consumer.pkg_config_of_the_deb_in_an_empty_prefix_wraps pkg_config "PREFIX=${deb_prefix}"
  "package=PKG_CONFIG_PATH=${deb_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/pkgconfig pkg-config")
package_test(consumer.the_installed_deb_is_found as_installed.sh "${packages}/deb" "${CMAKE_CURRENT_SOURCE_DIR}/use_installed.sh"
  "${CMAKE_CURRENT_SOURCE_DIR}" "${place}/as_installed")
package_test(consumer.the_deb_installs_in_a_new_debian new_debian.sh "${packages}" "${CMAKE_CURRENT_SOURCE_DIR}" "${place}/new_debian")
set_tests_properties(consumer.the_deb_installs_in_a_new_debian PROPERTIES TIMEOUT 900)

package_test(consumer.another_build_gives_the_same_bytes same_bytes.sh "${CMAKE_CPACK_COMMAND}" "${CMAKE_COMMAND}" "${PROJECT_SOURCE_DIR}"
  "${CMAKE_BINARY_DIR}" "${place}/same_bytes")
set_tests_properties(consumer.another_build_gives_the_same_bytes PROPERTIES
  RESOURCE_LOCK consumer_installation PROCESSORS 2 FIXTURES_SETUP consumer_other_build)
add_test(NAME consumer.every_folder_may_have_another_name COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/other_places.sh" "${CMAKE_COMMAND}"
  "${place}/same_bytes/another place/sources/made/here" "${CMAKE_CURRENT_SOURCE_DIR}" "${place}/other_places")
consumer_properties(consumer.every_folder_may_have_another_name consumer_other_build)
set_tests_properties(consumer.every_folder_may_have_another_name PROPERTIES SKIP_RETURN_CODE 77)
