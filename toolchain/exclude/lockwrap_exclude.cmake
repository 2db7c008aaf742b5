# lockwrap_exclude(TARGET ARCHIVES ITEM...)
#
# In the executable TARGET the lock calls that the archive ITEM makes itself go straight to libc: its locks cost nothing more and are not
# seen. For an archive whose locks are of no interest, or too many: an allocator, a library with a lock of its own making.
#
#   lockwrap_exclude(server ARCHIVES Jemalloc::jemalloc ${CMAKE_SOURCE_DIR}/third_party/libnoisy.a)
#
# ITEM is a static library that TARGET links, directly or through another one, under the name by which it is linked: a target, of this
# project or imported, or the path of an archive. TARGET gets a copy of it with the calls renamed to __real_NAME, which the linker resolves
# to libc; the archive itself is left as it is, and other programs too.
#
# What such an archive does to locks that other code takes as well, lockwrap sees from one side only; hand no lock over to it that is
# taken in your own code. Not for archives of link-time code alone, whose calls are not made yet: build them with -fno-lto.
# `lockwrap check` tells what was excluded, from a note in the program that strip keeps; of what was excluded by hand a stripped static
# program does not tell.
# Needs CMake 3.24, in the folder that makes TARGET. The same by hand: objcopy --redefine-syms=<prefix>/lib/lockwrap/exclude.syms.

# lockwrap_exclude_list(OUT NAME...): the text for objcopy --redefine-syms.
function(lockwrap_exclude_list out)
  set(text)
  foreach(name IN LISTS ARGN)
    string(APPEND text "${name} __real_${name}\n")
  endforeach()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# lockwrap_exclude_note(TARGET): the program gets a note for each of its archives LOCKWRAP_EXCLUDED. (ELF note, owner "lockwrap", type 2, the
# archive's name with a null byte.) Assembly inside a source file of the project's language, which need not have ASM.
function(lockwrap_exclude_note target)
  if(DEFINED CMAKE_C_COMPILE_OBJECT)
    set(extension c)
  else()
    set(extension cpp)
  endif()
  get_target_property(folder "${target}" BINARY_DIR)
  set(source "${folder}/lockwrap_exclude/${target}.${extension}")
  string(JOIN "\\n\"\n\"" text
    ".pushsection .note.lockwrap,\\\"a\\\",%note" ".irp name, $<JOIN:$<TARGET_PROPERTY:${target},LOCKWRAP_EXCLUDED>,$<COMMA>>" ".balign 4" ".long 9, 2f - 1f, 2"
    ".asciz \\\"lockwrap\\\"" ".balign 4" "1: .asciz \\\"\\\\name\\\"" ".balign 4" "2:" ".endr" ".popsection")
  file(GENERATE OUTPUT "${source}" CONTENT "/* Made by lockwrap_exclude for ${target}. */\n__asm__(\"${text}\\n\");\n")
  target_sources("${target}" PRIVATE "${source}")
  set_source_files_properties("${source}" TARGET_DIRECTORY "${target}" PROPERTIES
    GENERATED ON COMPILE_OPTIONS "-fno-lto;-w" SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON SKIP_AUTOGEN ON)
endfunction()

# lockwrap_exclude_feature(NAME COPY): a way to link a library, with COPY before it.
function(lockwrap_exclude_feature name copy)
  set(CMAKE_LINK_LIBRARY_USING_${name} "\"${copy}\" <LIBRARY>" CACHE INTERNAL "lockwrap_exclude")
  set(CMAKE_LINK_LIBRARY_USING_${name}_SUPPORTED TRUE CACHE INTERNAL "lockwrap_exclude")
endfunction()

function(lockwrap_exclude target)
  cmake_parse_arguments(PARSE_ARGV 1 exclude "" "" "ARCHIVES")
  set(where "lockwrap_exclude(${target})")
  if(CMAKE_VERSION VERSION_LESS 3.24)
    message(FATAL_ERROR "${where}: needs CMake 3.24; this is ${CMAKE_VERSION}")
  endif()
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "${where}: there is no target ${target}")
  endif()
  get_target_property(type "${target}" TYPE)
  get_target_property(imported "${target}" IMPORTED)
  if(NOT type STREQUAL "EXECUTABLE" OR imported)
    message(FATAL_ERROR "${where}: ${target} is no executable of this project; name the programs that link the archive")
  endif()
  get_target_property(folder "${target}" SOURCE_DIR)
  if(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    message(FATAL_ERROR "${where}: call it where ${target} is made, in ${folder}")
  endif()
  if(exclude_UNPARSED_ARGUMENTS OR NOT exclude_ARCHIVES)
    message(FATAL_ERROR "${where}: write lockwrap_exclude(TARGET ARCHIVES ITEM...)")
  endif()
  if(NOT TARGET lockwrap::lockwrap)
    message(FATAL_ERROR "${where}: lockwrap::lockwrap is not known in this folder; call find_package(lockwrap) first")
  endif()
  if(NOT CMAKE_OBJCOPY)
    message(FATAL_ERROR "${where}: no objcopy was found; set CMAKE_OBJCOPY")
  endif()

  set(build "${CMAKE_CURRENT_BINARY_DIR}/lockwrap_exclude")
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/exclude_archive.cmake")
  get_target_property(wrapped lockwrap::lockwrap LOCKWRAP_WRAPPED)
  lockwrap_exclude_list(list ${wrapped})
  file(CONFIGURE OUTPUT "${build}/exclude.syms" CONTENT "${list}" @ONLY)

  foreach(item IN LISTS exclude_ARCHIVES)
    set(names "${item}")
    if(TARGET "${item}")
      get_target_property(aliased "${item}" ALIASED_TARGET)
      if(aliased)
        list(APPEND names "${aliased}")
      endif()
      get_target_property(type "${item}" TYPE)
      if(NOT type MATCHES "^(STATIC|UNKNOWN)_LIBRARY$")
        message(FATAL_ERROR "${where}: ${item} is no static library (${type}); calls inside a shared one are not seen anyway")
      endif()
      set(archive "$<TARGET_FILE:${item}>")
    elseif(IS_ABSOLUTE "${item}" AND EXISTS "${item}" AND NOT IS_DIRECTORY "${item}")
      set(archive "${item}")
    else()
      message(FATAL_ERROR "${where}: ${item} is neither a target nor the whole path of an archive")
    endif()

    # One copy for all programs of a folder; of a generator of several configurations one for each, because one build may make them all.
    string(MD5 key "${CMAKE_CURRENT_BINARY_DIR} ${item}")
    get_property(multiple GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
    if(multiple)
      set(copy "${build}/$<CONFIG>/${key}.a")
    else()
      set(copy "${build}/${key}.a")
    endif()
    if(NOT TARGET lockwrap_exclude_${key})
      foreach(configuration IN LISTS CMAKE_CONFIGURATION_TYPES)
        file(MAKE_DIRECTORY "${build}/${configuration}")
      endforeach()
      add_custom_command(OUTPUT "${copy}"
        COMMAND "${CMAKE_COMMAND}" "-DOBJCOPY=${CMAKE_OBJCOPY}" "-DNM=${CMAKE_NM}" "-DLIST=${build}/exclude.syms"
                "-DARCHIVE=${archive}" "-DCOPY=${copy}" -P "${script}"
        DEPENDS "${item}" "${build}/exclude.syms" "${script}"
        VERBATIM
        COMMENT "Excluding ${item} from lockwrap")
      add_custom_target(lockwrap_exclude_${key} DEPENDS "${copy}")
    endif()
    add_dependencies("${target}" lockwrap_exclude_${key})
    get_target_property(noted "${target}" LOCKWRAP_EXCLUDED)
    if(NOT noted)
      lockwrap_exclude_note("${target}")
    endif()
    get_filename_component(name "${item}" NAME)
    string(REGEX REPLACE "[^A-Za-z0-9_.:+-]" "_" name "${name}")
    set_property(TARGET "${target}" APPEND PROPERTY LOCKWRAP_EXCLUDED "${name}")
    set_property(TARGET "${target}" APPEND PROPERTY LINK_DEPENDS "${copy}")

    # Wherever the item comes from in the end, the copy stands before it on the linker's line, and the linker takes the first that
    # defines a name: of the archive itself nothing is left to take. A feature's text knows no generator expression, its name does.
    set(feature LOCKWRAP_EXCLUDED_${key})
    if(multiple)
      foreach(configuration IN LISTS CMAKE_CONFIGURATION_TYPES)
        lockwrap_exclude_feature(${feature}_${configuration} "${build}/${configuration}/${key}.a")
      endforeach()
      string(APPEND feature "_$<CONFIG>")
    else()
      lockwrap_exclude_feature(${feature} "${copy}")
    endif()
    foreach(name IN LISTS names)
      set_property(TARGET "${target}" PROPERTY "LINK_LIBRARY_OVERRIDE_${name}" "${feature}")
    endforeach()
  endforeach()
endfunction()
