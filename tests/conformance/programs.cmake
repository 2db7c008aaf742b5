# The conformance programs.

# conformance_objects(NAME SOURCE... [OPTIONS ...]): the cases that need only libc, and these sources.
function(conformance_objects name)
  cmake_parse_arguments(PARSE_ARGV 1 objects "" "" "OPTIONS")
  add_library(${name} OBJECT ${objects_UNPARSED_ARGUMENTS})
  foreach(source IN ITEMS
      c11_cases condition_cases event_cases mutex_results mutex_waits process_cases runner rwlock_results rwlock_waits
      spin_cases thread_cases)
    target_sources(${name} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source}.cpp")
  endforeach()
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE -Wall -Wextra -fPIE -O1 -g ${objects_OPTIONS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/wrap" "${PROJECT_SOURCE_DIR}/runtime/include")
  target_link_libraries(${name} PRIVATE lockwrap_available_symbols)
endfunction()

# conformance_pair(NAME OBJECTS [LINK_OPTION...]): the programs conformance_plain_NAME and conformance_wrapped_NAME.
function(conformance_pair name objects)
  find_package(Threads REQUIRED)
  foreach(build IN ITEMS plain wrapped)
    set(target conformance_${build}_${name})
    add_executable(${target} $<TARGET_OBJECTS:${objects}>)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(${target} PRIVATE Threads::Threads)
    target_link_options(${target} PRIVATE ${ARGN})
  endforeach()
  target_link_libraries(conformance_wrapped_${name} PRIVATE lockwrap::lockwrap)
endfunction()
