# Finds the static jemalloc: target Jemalloc::jemalloc, variables Jemalloc_FOUND, Jemalloc_VERSION, Jemalloc_LIBRARY,
# Jemalloc_INCLUDE_DIR. Searched first: JEMALLOC_ROOT or Jemalloc_ROOT (variable or environment variable), a prefix.
#
# Why not pkg-config: Debian's jemalloc.pc does not name -lm, which a static program needs, and CMake's IMPORTED_TARGET
# takes the .so beside the archive: its calls would reach no wrapper.

set(_jemalloc_roots)
foreach(_jemalloc_root IN ITEMS "${JEMALLOC_ROOT}" "$ENV{JEMALLOC_ROOT}" "${Jemalloc_ROOT}" "$ENV{Jemalloc_ROOT}")
  if(_jemalloc_root)
    list(APPEND _jemalloc_roots "${_jemalloc_root}")
  endif()
endforeach()

# With a root given, only the root: a typing error there must not find another jemalloc.
if(_jemalloc_roots)
  set(_jemalloc_where PATHS ${_jemalloc_roots} NO_DEFAULT_PATH)
else()
  set(_jemalloc_where)
endif()
find_library(Jemalloc_LIBRARY NAMES libjemalloc.a libjemalloc_pic.a ${_jemalloc_where}
             PATH_SUFFIXES lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}")
find_path(Jemalloc_INCLUDE_DIR NAMES jemalloc/jemalloc.h ${_jemalloc_where} PATH_SUFFIXES include)
mark_as_advanced(Jemalloc_LIBRARY Jemalloc_INCLUDE_DIR)

set(Jemalloc_VERSION)
if(Jemalloc_INCLUDE_DIR)
  file(STRINGS "${Jemalloc_INCLUDE_DIR}/jemalloc/jemalloc.h" _jemalloc_line REGEX "^#define JEMALLOC_VERSION \"[0-9.]+")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" Jemalloc_VERSION "${_jemalloc_line}")
endif()

if(_jemalloc_roots)
  set(_jemalloc_hint "No libjemalloc.a with include/jemalloc/jemalloc.h below ${_jemalloc_roots}")
else()
  set(_jemalloc_hint "Install the static jemalloc (Debian: libjemalloc-dev, Alpine: jemalloc-static) or set JEMALLOC_ROOT")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Jemalloc
  REQUIRED_VARS Jemalloc_LIBRARY Jemalloc_INCLUDE_DIR
  VERSION_VAR Jemalloc_VERSION
  REASON_FAILURE_MESSAGE "${_jemalloc_hint}")

if(Jemalloc_FOUND AND NOT TARGET Jemalloc::jemalloc)
  find_package(Threads REQUIRED)
  add_library(Jemalloc::jemalloc STATIC IMPORTED)
  set_target_properties(Jemalloc::jemalloc PROPERTIES
    IMPORTED_LOCATION "${Jemalloc_LIBRARY}"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${Jemalloc_INCLUDE_DIR}")
  # --undefined=malloc: when nothing before the archive calls malloc, the linker would pass it by and take libc's malloc,
  # silently.
  set_property(TARGET Jemalloc::jemalloc PROPERTY INTERFACE_LINK_LIBRARIES
    "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-Wl,--undefined=malloc>"
    Threads::Threads m ${CMAKE_DL_LIBS})
endif()
