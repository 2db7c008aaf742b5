# lockwrap_build_for_project(SOURCE OUT): builds the archive from the source tree SOURCE for the compilers of the project that is being
# configured, into a folder of its build tree, and sets OUT to where the libraries are. Nothing is built again that is there.
function(lockwrap_build_for_project source out)
  get_filename_component(source "${source}" ABSOLUTE)
  set(build "${CMAKE_BINARY_DIR}/lockwrap")
  set(prefix "${build}/prefix")
  set(${out} "${prefix}/lib" PARENT_SCOPE)
  message(STATUS "lockwrap: building the archive from ${source}")

  set(arguments
    -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_INSTALL_PREFIX=${prefix}" -DCMAKE_INSTALL_LIBDIR=lib
    -DLOCKWRAP_BUILD_COMMAND=OFF -DLOCKWRAP_BUILD_TESTS=OFF -DLOCKWRAP_BUILD_EXAMPLES=OFF)
  foreach(variable IN ITEMS CMAKE_C_COMPILER CMAKE_CXX_COMPILER CMAKE_SYSROOT CMAKE_MAKE_PROGRAM)
    if(${variable})
      list(APPEND arguments "-D${variable}=${${variable}}")
    endif()
  endforeach()
  if(LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE)
    list(APPEND arguments "-DCMAKE_TOOLCHAIN_FILE=${LOCKWRAP_CHAINLOAD_TOOLCHAIN_FILE}")
  endif()
  if(CMAKE_GENERATOR)
    list(APPEND arguments -G "${CMAKE_GENERATOR}")
  endif()

  # Without the environment that is for the project: a toolchain file named there would be this one again.
  set(plain_environment "${CMAKE_COMMAND}" -E env --unset=CMAKE_TOOLCHAIN_FILE --unset=LDFLAGS)
  foreach(step IN ITEMS configure build install)
    if(step STREQUAL "configure")
      set(command -S "${source}" -B "${build}" ${arguments})
    elseif(step STREQUAL "build")
      set(command --build "${build}" --parallel)
    else()
      set(command --install "${build}")
    endif()
    execute_process(COMMAND ${plain_environment} "${CMAKE_COMMAND}" ${command}
                    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "lockwrap: the archive could not be built for this project (${step}, in ${build}):\n${output}")
    endif()
  endforeach()
endfunction()
