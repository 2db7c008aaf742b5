# The linkers and kinds of executable under which programs are tested.
set(linkers bfd gold lld mold)
set(kinds dynamic static static-pie)

foreach(linker IN LISTS linkers)
  find_program(LOCKWRAP_LINKER_${linker} ld.${linker})
endforeach()

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
