# lockwrap_guard(TARGET SYMBOLS NAME...)
#
# Each call of a function NAME in the executable TARGET is looked at before it is made: if the calling thread holds a lock, that is told
# once a place, as `held-in-call` (README, "With a lock held"). For functions that give the thread away or take long: swapcontext,
# usleep, fsync, a send of one's own.
#
#   lockwrap_guard(server SYMBOLS swapcontext fsync send_reply _ZN5cache5flushEv)
#
# NAME is the name that the linker sees: of a function of C, or a mangled one of C++ (nm tells it). Any signature will do, variadic
# ones too: the stub that is linked in between keeps all arguments and jumps on, so that it is not there when the function
# runs or returns. A call without a lock held costs some fifty instructions more.
#
# What the linker does not rewrite is not seen: calls within the object file that defines the function, calls inside shared libraries, and
# calls that libc makes by names of its own (fwrite does not call `write`). In code that is optimised at link time, calls of
# functions that this code defines itself are not seen either.
#
# May be called several times, before or after the target links lockwrap::lockwrap, which is linked if it is not yet.
# Works in projects of C, of C++ and of both. A target with a source in C++ gets its stubs in C++, others in C: they are compiled with the
# target's options, some of which only one language has. So name its sources before, if its options are of that kind.
# Needs CMake 3.18, whatever older one a project asks for in cmake_minimum_required.
cmake_policy(PUSH)
if(POLICY CMP0057)
  cmake_policy(SET CMP0057 NEW) # IN_LIST, also in a project that asks for a CMake before 3.3
endif()

# lockwrap_guard_assembly(OUT FILE): the file as string literals.
function(lockwrap_guard_assembly out file)
  file(READ "${file}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

# lockwrap_guard_source(TARGET FILE): writes the stubs of the target's list. Assembly inside a source file of the project's language: a .S
# file would need the language ASM, which a function cannot enable.
function(lockwrap_guard_source target file)
  set(folder "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  set(content "/* Made by lockwrap_guard for ${target}. */\n")
  string(APPEND content
    "#define LOCKWRAP_GUARDS \".irp symbol, $<JOIN:$<TARGET_PROPERTY:${target},LOCKWRAP_GUARDS>,$<COMMA>>\\n\" \\\n"
    "  \"lockwrap_guard \\\\symbol\\n\" \".endr\\n\"\n"
    "#if defined(__ARM_PCS_VFP) || defined(__riscv_float_abi_double)\n__asm__(\".set lockwrap_float_bytes, 8\\n\");\n"
    "#elif defined(__riscv_float_abi_single)\n__asm__(\".set lockwrap_float_bytes, 4\\n\");\n"
    "#else\n__asm__(\".set lockwrap_float_bytes, 0\\n\");\n#endif\n")
  set(word "#if")
  foreach(machine IN ITEMS
      "x86_64:defined(__x86_64__) && defined(__LP64__)"
      "i686:defined(__i386__)"
      "aarch64:defined(__aarch64__) && defined(__LP64__)"
      "armv7:defined(__ARM_ARCH) && __ARM_ARCH >= 7 && !defined(__aarch64__)"
      "riscv64:defined(__riscv) && __riscv_xlen == 64")
    string(REGEX REPLACE ":.*$" "" name "${machine}")
    string(REGEX REPLACE "^[^:]*:" "" condition "${machine}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${folder}/${name}.S")
    lockwrap_guard_assembly(text "${folder}/${name}.S")
    string(APPEND content "${word} ${condition}\n__asm__(\n${text}\nLOCKWRAP_GUARDS);\n")
    set(word "#elif")
  endforeach()
  string(APPEND content "#else\n#error \"lockwrap_guard has no stub for this processor\"\n#endif\n")
  file(GENERATE OUTPUT "${file}" CONTENT "${content}")
endfunction()

# lockwrap_guard_extension(OUT TARGET): of the file with the stubs. Sources are told by their names: to ask CMake for the LANGUAGE property of one
# that is not made yet fixes where it looks for it.
function(lockwrap_guard_extension out target)
  get_target_property(sources "${target}" SOURCES)
  set(extension)
  if(DEFINED CMAKE_CXX_COMPILE_OBJECT)
    foreach(source IN LISTS sources)
      string(REGEX REPLACE "^.*[.]" "" source_extension "${source}")
      if(source_extension IN_LIST CMAKE_CXX_SOURCE_FILE_EXTENSIONS)
        set(extension cpp)
      endif()
    endforeach()
  endif()
  if(NOT extension AND DEFINED CMAKE_C_COMPILE_OBJECT)
    set(extension c)
  elseif(NOT extension AND DEFINED CMAKE_CXX_COMPILE_OBJECT)
    set(extension cpp)
  endif()
  set(${out} "${extension}" PARENT_SCOPE)
endfunction()

function(lockwrap_guard target)
  cmake_parse_arguments(PARSE_ARGV 1 guard "" "" "SYMBOLS")
  set(where "lockwrap_guard(${target})")
  if(CMAKE_VERSION VERSION_LESS 3.18)
    message(FATAL_ERROR "${where}: needs CMake 3.18; this is ${CMAKE_VERSION}")
  endif()
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "${where}: there is no target ${target}")
  endif()
  get_target_property(aliased "${target}" ALIASED_TARGET)
  if(aliased)
    set(target "${aliased}")
  endif()
  get_target_property(type "${target}" TYPE)
  get_target_property(imported "${target}" IMPORTED)
  if(NOT type STREQUAL "EXECUTABLE" OR imported)
    message(FATAL_ERROR "${where}: ${target} is no executable of this project; guard the programs that link it")
  endif()
  if(guard_UNPARSED_ARGUMENTS OR NOT guard_SYMBOLS)
    message(FATAL_ERROR "${where}: write lockwrap_guard(TARGET SYMBOLS NAME...)")
  endif()
  if(NOT TARGET lockwrap::lockwrap)
    message(FATAL_ERROR "${where}: lockwrap::lockwrap is not known in this folder; call find_package(lockwrap) first")
  endif()

  get_target_property(wrapped lockwrap::lockwrap LOCKWRAP_WRAPPED)
  get_target_property(known "${target}" LOCKWRAP_GUARDS)
  set(new)
  foreach(name IN LISTS guard_SYMBOLS)
    if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
      message(FATAL_ERROR "${where}: '${name}' is no name that a linker knows; of a function of C++ it is the mangled one (nm tells it)")
    elseif(name IN_LIST wrapped)
      message(FATAL_ERROR "${where}: lockwrap watches ${name} already; it cannot be guarded as well")
    elseif(name MATCHES "^(__wrap_|__real_|lockwrap_runtime_)")
      message(FATAL_ERROR "${where}: ${name} is a name of lockwrap's own")
    elseif(NOT name IN_LIST known AND NOT name IN_LIST new)
      list(APPEND new "${name}")
    endif()
  endforeach()
  if(NOT new)
    return()
  endif()
  set_property(TARGET "${target}" APPEND PROPERTY LOCKWRAP_GUARDS ${new})

  # As the linker flags of lockwrap itself: NAME is pulled out of its archive even if the program never calls it, because lld resolves
  # __real_NAME after it has searched the archives.
  foreach(name IN LISTS new)
    set_property(TARGET "${target}" APPEND PROPERTY LINK_OPTIONS "-Wl,--wrap=${name}" "-Wl,--undefined=${name}")
  endforeach()
  if(known)
    return()
  endif()

  # Not target_link_libraries, whose two forms must not be mixed for a target.
  set_property(TARGET "${target}" APPEND PROPERTY LINK_LIBRARIES lockwrap::lockwrap)
  lockwrap_guard_extension(extension "${target}")
  if(NOT extension)
    message(FATAL_ERROR "${where}: the project has neither C nor CXX enabled")
  endif()
  get_target_property(folder "${target}" BINARY_DIR)
  set(source "${folder}/lockwrap_guard/${target}.${extension}")
  lockwrap_guard_source("${target}" "${source}")
  target_sources("${target}" PRIVATE "${source}")
  # -fno-lto: an optimiser of the whole program does not see the names in assembly. -w: nothing here is the project's to mend.
  # -fasynchronous-unwind-tables: stacks are walked through the stubs; not every processor's compiler has that by default.
  set_source_files_properties("${source}" TARGET_DIRECTORY "${target}" PROPERTIES
    GENERATED ON COMPILE_OPTIONS "-fno-lto;-w;-fasynchronous-unwind-tables" SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON SKIP_AUTOGEN ON)
endfunction()

cmake_policy(POP)
