# Second part of lockwrap-executables.cmake, read after the platform's own settings, when a compiler is known.
if(LOCKWRAP_USER_MAKE_RULES_OVERRIDE)
  include("${LOCKWRAP_USER_MAKE_RULES_OVERRIDE}")
endif()

# A shared library cannot be linked into a static program, so find_library must not offer one.
if(LOCKWRAP_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  # clang finds -no-pie unused beside -static, which a project's -Werror makes an error.
  foreach(_lockwrap_language IN ITEMS C CXX)
    if(CMAKE_${_lockwrap_language}_COMPILER_ID MATCHES "Clang" AND NOT CMAKE_${_lockwrap_language}_LINK_EXECUTABLE MATCHES "-Wno-unused-command")
      string(REPLACE " -static -no-pie" " -static -no-pie -Wno-unused-command-line-argument"
             CMAKE_${_lockwrap_language}_LINK_EXECUTABLE "${CMAKE_${_lockwrap_language}_LINK_EXECUTABLE}")
    endif()
  endforeach()
endif()

# The compiler answers with the name alone when it knows no such file: better said now than by the linker.
get_property(_lockwrap_trying GLOBAL PROPERTY IN_TRY_COMPILE)
set(_lockwrap_compiler)
if(LOCKWRAP_JEMALLOC AND NOT JEMALLOC_ROOT AND NOT _lockwrap_trying)
  # _ARG1: the second word of `CC="ccache gcc"`.
  foreach(_lockwrap_language IN ITEMS C CXX)
    if(CMAKE_${_lockwrap_language}_COMPILER AND NOT _lockwrap_compiler)
      separate_arguments(_lockwrap_words UNIX_COMMAND "${CMAKE_${_lockwrap_language}_COMPILER_ARG1}")
      set(_lockwrap_compiler "${CMAKE_${_lockwrap_language}_COMPILER}" ${_lockwrap_words})
    endif()
  endforeach()
endif()
if(_lockwrap_compiler) # none in project(x NONE); enable_language reads this file again
  set(_lockwrap_sysroot)
  if(CMAKE_SYSROOT)
    set(_lockwrap_sysroot "--sysroot=${CMAKE_SYSROOT}")
  endif()
  execute_process(COMMAND ${_lockwrap_compiler} ${_lockwrap_sysroot} -print-file-name=libjemalloc.a
                  OUTPUT_VARIABLE _lockwrap_jemalloc OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT IS_ABSOLUTE "${_lockwrap_jemalloc}")
    message(FATAL_ERROR "lockwrap: LOCKWRAP_JEMALLOC: ${_lockwrap_compiler} finds no libjemalloc.a; install the static jemalloc "
                        "(Debian: libjemalloc-dev, Alpine: jemalloc-static) or set JEMALLOC_ROOT")
  endif()
endif()

foreach(_lockwrap_language IN ITEMS Fortran CUDA)
  get_property(_lockwrap_told GLOBAL PROPERTY LOCKWRAP_TOLD_OF_${_lockwrap_language})
  if(CMAKE_${_lockwrap_language}_COMPILER_LOADED AND NOT _lockwrap_told AND NOT _lockwrap_trying)
    set_property(GLOBAL PROPERTY LOCKWRAP_TOLD_OF_${_lockwrap_language} TRUE)
    message(WARNING "lockwrap: programs with sources in ${_lockwrap_language} are neither wrapped nor, with LOCKWRAP_STATIC, static, "
                    "because its compiler links them; set the property LINKER_LANGUAGE of such a target to C or CXX")
  endif()
endforeach()
