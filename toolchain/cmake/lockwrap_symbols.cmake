# Reads wrap/wrapped_symbols.def, the one list, for CMake: which functions to wrap, which of them this libc has, and the
# linker flags that follow.

# lockwrap_read_entries(FILE OUT MACRO PARAMETERS PATTERN): the entries MACRO(FAMILY, PARAMETERS) of the list, each without its family and
# with a space between its names. A line whose parameters do not fit PATTERN ends the configuration.
function(lockwrap_read_entries file out macro parameters pattern)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(STRINGS "${file}" lines REGEX "^${macro}\\(")
  set(entries)
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^${macro}\\([a-z0-9]+, *(${pattern})\\)$")
      message(FATAL_ERROR "lockwrap: ${file}: malformed line: ${line}\n"
                          "An entry is ${macro}(FAMILY, ${parameters}), one a line.")
    endif()
    string(REGEX REPLACE ", *" " " entry "${CMAKE_MATCH_1}")
    list(APPEND entries "${entry}")
  endforeach()
  set(${out} "${entries}" PARENT_SCOPE)
endfunction()

# lockwrap_read_symbols(FILE OUT): the names in the list.
function(lockwrap_read_symbols file out)
  lockwrap_read_entries("${file}" names LOCKWRAP_SYMBOL "NAME" "[A-Za-z0-9_]+")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# lockwrap_probe_inner_symbols(FILE OUT): the inner names of the list, as NAME:NEIGHBOUR, that this libc's archive has. Without the
# archive no static program can be linked, and nothing else needs them.
function(lockwrap_probe_inner_symbols file out)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_QUIET ON)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static)
  lockwrap_read_entries("${file}" pairs LOCKWRAP_INNER_SYMBOL "NAME, NEIGHBOUR" "[A-Za-z0-9_]+, *[A-Za-z0-9_]+")
  set(available)
  foreach(pair IN LISTS pairs)
    separate_arguments(pair)
    list(GET pair 0 name)
    list(GET pair 1 neighbour)
    check_cxx_source_compiles("
      extern \"C\" void ${name}();
      extern \"C\" void ${neighbour}();
      using Function = void (*)();
      Function volatile functions[] = {${name}, ${neighbour}};
      int main() { return functions[0] == functions[1]; }" LOCKWRAP_LIBC_ARCHIVE_HAS_${name})
    if(LOCKWRAP_LIBC_ARCHIVE_HAS_${name})
      list(APPEND available ${name}:${neighbour})
    else()
      message(STATUS "lockwrap: this libc's archive has no ${name}: not wrapped")
    endif()
  endforeach()
  set(${out} "${available}" PARENT_SCOPE)
endfunction()

# lockwrap_read_time64(FILE OUT): "NAME OTHER_NAME" for each other name in the list.
function(lockwrap_read_time64 file out)
  lockwrap_read_entries("${file}" pairs LOCKWRAP_TIME64 "NAME, OTHER_NAME" "[a-z0-9_]+, *__[a-z0-9_]+")
  set(${out} "${pairs}" PARENT_SCOPE)
endfunction()

# lockwrap_probe_time64(OUT PAIR...): the pairs whose other name this libc defines. No header declares these names, so they are linked. Who
# has such names has one for condition waits; that is asked first, because most targets have none.
function(lockwrap_probe_time64 out)
  include(CheckFunctionExists)
  set(CMAKE_REQUIRED_QUIET ON)
  find_package(Threads REQUIRED)
  set(CMAKE_REQUIRED_LIBRARIES Threads::Threads)
  set(available)
  foreach(suffix IN ITEMS 64 _time64)
    check_function_exists(__pthread_cond_timedwait${suffix} LOCKWRAP_LIBC_HAS___pthread_cond_timedwait${suffix})
    if(LOCKWRAP_LIBC_HAS___pthread_cond_timedwait${suffix})
      foreach(pair IN LISTS ARGN)
        separate_arguments(pair)
        list(GET pair 0 name)
        list(GET pair 1 other_name)
        if(other_name STREQUAL "__${name}${suffix}")
          check_function_exists(${other_name} LOCKWRAP_LIBC_HAS_${other_name})
          if(LOCKWRAP_LIBC_HAS_${other_name})
            list(APPEND available "${name} ${other_name}")
          endif()
        endif()
      endforeach()
    endif()
  endforeach()
  set(${out} "${available}" PARENT_SCOPE)
endfunction()

# lockwrap_probe_symbols(OUT NAME...): those of the names that this libc declares and defines. One link per libc answers for
# all; only when it fails is each name asked for itself.
function(lockwrap_probe_symbols out)
  include(CheckCXXSourceCompiles)
  include(CheckCXXSymbolExists)
  include(CheckIncludeFileCXX)
  set(CMAKE_REQUIRED_DEFINITIONS -D_GNU_SOURCE)
  set(CMAKE_REQUIRED_QUIET ON)
  find_package(Threads REQUIRED)
  set(CMAKE_REQUIRED_LIBRARIES Threads::Threads)
  list(JOIN ARGN ", (Function)&" functions)
  string(MD5 list_key "${ARGN}")
  check_cxx_source_compiles("
    #include <pthread.h>
    #include <semaphore.h>
    #include <stdlib.h>
    #include <unistd.h>
    #if __has_include(<threads.h>)
    #include <threads.h>
    #endif
    using Function = void (*)();
    Function volatile functions[] = {(Function)&${functions}};
    int main() { return functions[0] == nullptr; }" LOCKWRAP_LIBC_HAS_ALL_${list_key})
  if(LOCKWRAP_LIBC_HAS_ALL_${list_key})
    set(${out} "${ARGN}" PARENT_SCOPE)
    return()
  endif()
  set(headers pthread.h semaphore.h stdlib.h unistd.h)
  check_include_file_cxx(threads.h LOCKWRAP_LIBC_HAS_THREADS_H)
  if(LOCKWRAP_LIBC_HAS_THREADS_H)
    list(APPEND headers threads.h)
  endif()
  set(available)
  foreach(name IN LISTS ARGN)
    check_cxx_symbol_exists(${name} "${headers}" LOCKWRAP_LIBC_HAS_${name})
    if(LOCKWRAP_LIBC_HAS_${name})
      list(APPEND available ${name})
    else()
      message(STATUS "lockwrap: this libc has no ${name}: not wrapped")
    endif()
  endforeach()
  set(${out} "${available}" PARENT_SCOPE)
endfunction()

# What a linker calls undefined when it is told -llockwrap without the options.
set(LOCKWRAP_OPTIONS_SYMBOL lockwrap_needs_its_linker_options__add_lib_lockwrap_link_rsp_or_pkg_config_libs_lockwrap)

# lockwrap_link_flags(OUT NAME... [NAME:NEIGHBOUR]...): what the compiler driver must be told when it links an executable.
#  --wrap       sends the program's calls of NAME to __wrap_NAME.
#  --undefined  pulls lockwrap's object out of its archive. Needed because all pthread names in libc.a are weak: lld gives
#               the reference to __wrap_NAME that weakness, and a weak reference pulls no archive member.
#               And of NAME itself: lld resolves __real_NAME after it has searched the archives, so a NAME that the program
#               never calls would be missing, and __real_NAME zero.
#  --defsym     tells options_check.o that the options are there; any symbol that every program has does, one that names no code best.
#  --eh-frame-hdr  gcc leaves the index of the unwind tables out of -static programs; stacks are walked with it.
function(lockwrap_link_flags out)
  set(flags -Wl,--eh-frame-hdr -Wl,--defsym=${LOCKWRAP_OPTIONS_SYMBOL}=_end)
  foreach(name IN LISTS ARGN)
    # Of an inner name it is the neighbour, which the linker may miss: no reference to it is left in a dynamic program.
    string(REGEX REPLACE "^.*:" "" pulled ${name})
    string(REGEX REPLACE ":.*$" "" name ${name})
    list(APPEND flags -Wl,--wrap=${name} -Wl,--undefined=__wrap_${name} -Wl,--undefined=${pulled})
  endforeach()
  set(${out} "${flags}" PARENT_SCOPE)
endfunction()
