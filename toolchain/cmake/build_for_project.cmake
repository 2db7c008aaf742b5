# lockwrap_build_for_project(SOURCE OUT): builds the archive from the source tree SOURCE for the compilers of the project that is being
# configured, into a folder of its build tree, and sets OUT to where the libraries are. Nothing is built again that is there.
# The build gets the project's toolchain file, what that needs, and the project's flags: they may say for which machine it is.
function(lockwrap_build_for_project source out)
  get_filename_component(source "${source}" ABSOLUTE)
  set(build "${CMAKE_BINARY_DIR}/lockwrap")
  set(prefix "${build}/prefix")
  set(${out} "${prefix}/lib" PARENT_SCOPE)
  get_property(is_built GLOBAL PROPERTY LOCKWRAP_BUILT_FOR_PROJECT)
  if(is_built) # at the first project() of this configuration: a later one may have changed the flags
    return()
  endif()
  message(STATUS "lockwrap: building the archive from ${source}")

  set(arguments
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CONFIGURATION_TYPES=RelWithDebInfo "-DCMAKE_INSTALL_PREFIX=${prefix}" -DCMAKE_INSTALL_LIBDIR=lib
    -DLOCKWRAP_BUILD_COMMAND=OFF -DLOCKWRAP_BUILD_TESTS=OFF -DLOCKWRAP_BUILD_EXAMPLES=OFF)
  foreach(variable IN ITEMS CMAKE_SYSROOT CMAKE_MAKE_PROGRAM)
    if(${variable})
      list(APPEND arguments "-D${variable}=${${variable}}")
    endif()
  endforeach()
  if(LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE)
    list(APPEND arguments "-DCMAKE_TOOLCHAIN_FILE=${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
  elseif(CMAKE_TOOLCHAIN_FILE AND NOT CMAKE_TOOLCHAIN_FILE MATCHES "lockwrap-toolchain.cmake$") # with lockwrap-project.cmake
    get_filename_component(toolchain_file "${CMAKE_TOOLCHAIN_FILE}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
    list(APPEND arguments "-DCMAKE_TOOLCHAIN_FILE=${toolchain_file}")
  endif()

  # Variables whose value may be a list, or have quotes in it: in a file.
  set(cache)
  set(names ${CMAKE_TRY_COMPILE_PLATFORM_VARIABLES})
  foreach(language IN ITEMS C CXX)
    list(APPEND names CMAKE_${language}_COMPILER_TARGET)
    string(STRIP "${CMAKE_${language}_COMPILER_ARG1}" more)  # the second word of CC="ccache gcc"
    set(compiler ${CMAKE_${language}_COMPILER} ${more})
    list(LENGTH compiler words)
    if(words GREATER 1)
      string(APPEND cache "set(CMAKE_${language}_COMPILER [==[${compiler}]==] CACHE STRING \"\")\n")
    elseif(words EQUAL 1)
      list(APPEND arguments "-DCMAKE_${language}_COMPILER=${compiler}")
    endif()
    # -w: the project's warnings, and its wish that they be errors, are not for lockwrap's sources.
    list(APPEND arguments "-DCMAKE_${language}_FLAGS_RELWITHDEBINFO=-O2 -g -DNDEBUG -w")
    if(CMAKE_${language}_FLAGS)
      list(APPEND names CMAKE_${language}_FLAGS)
    endif()
  endforeach()
  list(REMOVE_DUPLICATES names)
  foreach(name IN LISTS names)
    if(DEFINED ${name} AND NOT name MATCHES "^(LOCKWRAP_(STATIC|JEMALLOC|CHAINLOAD_TOOLCHAIN_FILE)|JEMALLOC_ROOT)$")
      string(APPEND cache "set(${name} [==[${${name}}]==] CACHE STRING \"\" FORCE)\n")
    endif()
  endforeach()
  file(WRITE "${build}/of_the_project.cmake" "${cache}")
  list(APPEND arguments -C "${build}/of_the_project.cmake")
  if(CMAKE_GENERATOR)
    list(APPEND arguments -G "${CMAKE_GENERATOR}")
  endif()

  # Without the environment that is for the project: a toolchain file named there would be this one again.
  set(plain_environment "${CMAKE_COMMAND}" -E env --unset=CMAKE_TOOLCHAIN_FILE --unset=LDFLAGS)
  foreach(step IN ITEMS configure build install)
    if(step STREQUAL "configure")
      set(command -S "${source}" -B "${build}" ${arguments})
    elseif(step STREQUAL "build")
      set(command --build "${build}" --config RelWithDebInfo --parallel)
    else()
      set(command --install "${build}" --config RelWithDebInfo)
    endif()
    execute_process(COMMAND ${plain_environment} "${CMAKE_COMMAND}" ${command}
                    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "lockwrap: the archive could not be built for this project (${step}, in ${build}):\n${output}")
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY LOCKWRAP_BUILT_FOR_PROJECT TRUE)
endfunction()
