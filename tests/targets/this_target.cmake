# How tests are named and run in a build for another libc or processor, of which LOCKWRAP_TEST_TARGET is the name (CMakeLists.txt beside
# this). In the machine's own build it is not set, and this changes nothing.
include("${CMAKE_CURRENT_LIST_DIR}/../skipped_test.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/impossible.cmake")

# Behind each test's name, so that tests of all builds stand in one list.
set(target_label "")
set(target_environment "")
set(target_again "") # before a test's own command
if(LOCKWRAP_TEST_TARGET)
  set(target_label " [${LOCKWRAP_TEST_TARGET}]")
endif()
if(CMAKE_CROSSCOMPILING_EMULATOR)
  find_program(LOCKWRAP_TEST_EMULATOR "${CMAKE_CROSSCOMPILING_EMULATOR}" REQUIRED)
  set(target_again "${CMAKE_CURRENT_LIST_DIR}/again")
  set(target_environment "LOCKWRAP_TEST_EMULATOR=${LOCKWRAP_TEST_EMULATOR}" CHECK_REPORT_SLACK=15 CONFORMANCE_SECONDS=240)
endif()

# Debian's musl comes without a C++ library: what can do without is compiled with these options.
set(target_has_cxx_library TRUE)
set(target_lacks_cxx_library "there is no C++ library for musl here; tests/nightly builds one")
set(target_without_cxx_library -fno-exceptions -fno-rtti -fno-threadsafe-statics)
if(LOCKWRAP_TEST_TARGET)
  include(CheckCXXSourceCompiles)
  check_cxx_source_compiles("
    #include <stdexcept>
    int main(int count, char**) { if (count > 1) throw std::runtime_error(\"\"); }" LOCKWRAP_TEST_HAS_CXX_LIBRARY)
  set(target_has_cxx_library ${LOCKWRAP_TEST_HAS_CXX_LIBRARY})
endif()

# The static jemalloc, as Jemalloc::jemalloc. For other processors it may be missing; tests that want it are then skipped by name.
function(target_find_jemalloc)
  if(LOCKWRAP_TEST_TARGET)
    find_package(Jemalloc QUIET)
  else()
    find_package(Jemalloc REQUIRED)
  endif()
endfunction()

# target_skips(NAME OUT): whether the test NAME, without its label, is impossible here; it is then in the list as skipped.
function(target_skips name out)
  set(${out} FALSE PARENT_SCOPE)
  target_problem("${name}" problem)
  if(problem)
    skipped_test("${name}${target_label}" "${problem}")
    set(${out} TRUE PARENT_SCOPE)
  endif()
endfunction()
