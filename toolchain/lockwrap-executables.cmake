# What lockwrap-toolchain.cmake and lockwrap-project.cmake have in common: how an executable of C or C++ is linked from here on.
#
# By the rule variable CMAKE_<LANG>_LINK_EXECUTABLE, which is for executables alone, and which nothing else that a project or its user
# sets can undo: not CMAKE_EXE_LINKER_FLAGS, not a target's LINK_OPTIONS. Shared libraries and modules have rules of their own.
# Not in try_compile: there the question is what the machine has.

# The archive and the linker's options: beside this file's folder when installed, else built from the source tree around it.
get_property(_lockwrap_trying GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT _lockwrap_trying)
  get_filename_component(_lockwrap_libraries "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
  if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/lockwrap-config.cmake")
    include("${CMAKE_CURRENT_LIST_DIR}/cmake/build_for_project.cmake")
    lockwrap_build_for_project("${CMAKE_CURRENT_LIST_DIR}/.." _lockwrap_libraries)
  endif()
  foreach(_lockwrap_file IN ITEMS lockwrap/liblockwrap.a lockwrap/wrap.rsp)
    if(NOT EXISTS "${_lockwrap_libraries}/${_lockwrap_file}")
      message(FATAL_ERROR "lockwrap: ${_lockwrap_libraries}/${_lockwrap_file} is missing; install lockwrap again")
    endif()
  endforeach()
endif()

set(_lockwrap_before)
set(_lockwrap_between)
set(_lockwrap_after)
if(LOCKWRAP_STATIC)
  # -no-pie: a project that asks for -pie would get a program that is neither and crashes at start.
  string(APPEND _lockwrap_before " -static -no-pie")
  set(BUILD_SHARED_LIBS OFF CACHE BOOL "Off: with LOCKWRAP_STATIC no library can be shared")
  set(PKG_CONFIG_ARGN --static)
endif()
if(NOT _lockwrap_trying)
  string(APPEND _lockwrap_between " \"@${_lockwrap_libraries}/lockwrap/wrap.rsp\" \"${_lockwrap_libraries}/lockwrap/liblockwrap.a\"")
  if(LOCKWRAP_JEMALLOC)
    if(JEMALLOC_ROOT AND NOT EXISTS "${JEMALLOC_ROOT}/lib/libjemalloc.a")
      message(FATAL_ERROR "lockwrap: LOCKWRAP_JEMALLOC: there is no ${JEMALLOC_ROOT}/lib/libjemalloc.a (JEMALLOC_ROOT)")
    elseif(JEMALLOC_ROOT)
      set(_lockwrap_jemalloc "\"${JEMALLOC_ROOT}/lib/libjemalloc.a\"")
    else()
      set(_lockwrap_jemalloc "-l:libjemalloc.a") # the compiler knows where; asked in lockwrap-libraries.cmake
    endif()
    # --undefined=malloc: a program whose own code calls no malloc would get libc's. -lm: what jemalloc needs itself.
    string(APPEND _lockwrap_after " -Wl,--undefined=malloc ${_lockwrap_jemalloc} -lm")
  endif()
endif()

foreach(_lockwrap_language IN ITEMS C CXX)
  set(_lockwrap_rule "${CMAKE_${_lockwrap_language}_LINK_EXECUTABLE}")
  if(NOT _lockwrap_rule) # as in CMake's own CMake<LANG>Information.cmake
    set(_lockwrap_rule "<CMAKE_${_lockwrap_language}_COMPILER> <FLAGS> <CMAKE_${_lockwrap_language}_LINK_FLAGS> <LINK_FLAGS>")
    string(APPEND _lockwrap_rule " <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
  endif()
  if(NOT _lockwrap_rule MATCHES "liblockwrap\\.a" AND NOT _lockwrap_rule MATCHES "-static -no-pie")
    string(REPLACE " <OBJECTS>" "${_lockwrap_before} <OBJECTS>" _lockwrap_rule "${_lockwrap_rule}")
    string(REPLACE " <LINK_LIBRARIES>" "${_lockwrap_between} <LINK_LIBRARIES>${_lockwrap_after}" _lockwrap_rule "${_lockwrap_rule}")
    set(CMAKE_${_lockwrap_language}_LINK_EXECUTABLE "${_lockwrap_rule}")
  endif()
endforeach()

# When the platform's own settings are known, and a compiler can be asked. A project may have such a file, too: both are read.
set(_lockwrap_libraries_file "${CMAKE_CURRENT_LIST_DIR}/lockwrap-libraries.cmake")
if(NOT CMAKE_USER_MAKE_RULES_OVERRIDE STREQUAL "${_lockwrap_libraries_file}")
  set(LOCKWRAP_USER_MAKE_RULES_OVERRIDE "${CMAKE_USER_MAKE_RULES_OVERRIDE}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE "${_lockwrap_libraries_file}")
endif()
