# The second way to wrap every executable of an unmodified project, beside a toolchain file of one's own:
#
#   cmake -DCMAKE_PROJECT_INCLUDE=<prefix>/lib/cmake/lockwrap/lockwrap-project.cmake ...
#
# Read by each project() of the project. The options are those of lockwrap-toolchain.cmake; ExternalProject is not reached.
foreach(_lockwrap_option IN ITEMS LOCKWRAP_STATIC LOCKWRAP_JEMALLOC JEMALLOC_ROOT)
  if(NOT DEFINED ${_lockwrap_option} AND DEFINED ENV{${_lockwrap_option}})
    set(${_lockwrap_option} "$ENV{${_lockwrap_option}}")
  endif()
endforeach()
include("${CMAKE_CURRENT_LIST_DIR}/lockwrap-executables.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/lockwrap-libraries.cmake") # the languages are known already
