# The linkers and kinds of executable under which programs are tested.
include("${CMAKE_CURRENT_LIST_DIR}/../targets/this_target.cmake")
set(linkers bfd gold lld mold)
set(kinds dynamic static static-pie)
if(LOCKWRAP_TEST_TARGET) # the linker matters least there; none but static programs runs without the target's libraries
  set(linkers bfd)
  set(kinds static)
endif()

foreach(linker IN LISTS linkers)
  if(LOCKWRAP_TEST_TARGET)
    set(LOCKWRAP_LINKER_${linker} "${LOCKWRAP_GNU_LINKER}")
  else()
    find_program(LOCKWRAP_LINKER_${linker} ld.${linker})
  endif()
endforeach()

# What stands behind the name of the test of this cell.
function(cell_label linker kind out)
  set(${out} " [${linker} ${kind}]" PARENT_SCOPE)
  if(LOCKWRAP_TEST_TARGET)
    set(${out} "${target_label}" PARENT_SCOPE)
  endif()
endfunction()

# Why this cell has no program; empty when it has one.
function(cell_problem linker kind out)
  set(${out} "" PARENT_SCOPE)
  if(NOT LOCKWRAP_LINKER_${linker})
    set(${out} "ld.${linker} is not installed" PARENT_SCOPE)
  elseif(linker STREQUAL gold AND kind STREQUAL static-pie)
    set(${out} "gold cannot link -static-pie" PARENT_SCOPE)
  endif()
endfunction()

function(link_as target linker kind)
  target_link_options(${target} PRIVATE -fuse-ld=${linker})
  if(kind STREQUAL static)
    target_link_options(${target} PRIVATE -static)
  elseif(kind STREQUAL static-pie)
    target_link_options(${target} PRIVATE -static-pie)
  endif()
endfunction()
