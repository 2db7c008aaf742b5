# The second way to wrap every executable of an unmodified project, beside a toolchain file of one's own:
#
#   cmake -DCMAKE_PROJECT_INCLUDE=<prefix>/lib/cmake/lockwrap/lockwrap-project.cmake ...
#
# Read by each project() of the project. The options are those of lockwrap-toolchain.cmake. Not reached: ExternalProject; and with
# LOCKWRAP_STATIC what a project tries by try_compile or try_run itself. The checks of CMake's own modules (CheckFunctionExists and its kin)
# are, by CMAKE_REQUIRED_LINK_OPTIONS, as long as the project appends to that and does not set it.
foreach(_lockwrap_option IN ITEMS LOCKWRAP_STATIC LOCKWRAP_JEMALLOC JEMALLOC_ROOT)
  if(NOT DEFINED ${_lockwrap_option} AND DEFINED ENV{${_lockwrap_option}})
    set(${_lockwrap_option} "$ENV{${_lockwrap_option}}")
  endif()
endforeach()
include("${CMAKE_CURRENT_LIST_DIR}/lockwrap-executables.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/lockwrap-libraries.cmake") # the languages are known already

# What is found out about libc must be true of the libc.a that is linked.
if(LOCKWRAP_STATIC AND NOT ";${CMAKE_REQUIRED_LINK_OPTIONS};" MATCHES ";-static;")
  list(APPEND CMAKE_REQUIRED_LINK_OPTIONS -static -no-pie)
  if(CMAKE_C_COMPILER_ID MATCHES "Clang" OR CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    list(APPEND CMAKE_REQUIRED_LINK_OPTIONS -Wno-unused-command-line-argument)
  endif()
endif()
