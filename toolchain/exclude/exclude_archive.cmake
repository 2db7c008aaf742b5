# cmake -DOBJCOPY= -DNM= -DLIST= -DARCHIVE= -DCOPY= -P exclude_archive.cmake: COPY becomes ARCHIVE with the names of LIST changed. Run by the
# build; see lockwrap_exclude.cmake.
function(stop text)
  file(REMOVE "${COPY}")
  message(FATAL_ERROR "lockwrap_exclude: ${ARCHIVE}: ${text}")
endfunction()

# What an optimiser of the whole program would use in the place of the machine code still has the old names: it is taken out.
execute_process(
  COMMAND "${OBJCOPY}" "--redefine-syms=${LIST}"
          --wildcard -R ".gnu.lto_*" -R ".gnu.debuglto_*" -N "__gnu_lto_v*" -N "__gnu_lto_slim" "${ARCHIVE}" "${COPY}"
  ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  stop("${OBJCOPY} cannot rename its calls: ${error}If it is made of link-time code, build it with -fno-lto.")
endif()
execute_process(COMMAND "${NM}" "${COPY}" OUTPUT_VARIABLE symbols ERROR_QUIET RESULT_VARIABLE result)
if(symbols MATCHES "[0-9a-f] [A-TV-Z] __real_([A-Za-z0-9_]+)\n")
  stop("defines ${CMAKE_MATCH_1} itself, so it cannot be excluded")
elseif(NOT symbols MATCHES " [Uw] __real_")
  stop("calls nothing that lockwrap wraps; there is nothing to exclude. If it is made of link-time code, build it with -fno-lto.")
endif()
