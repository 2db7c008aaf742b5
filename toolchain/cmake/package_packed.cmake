# Run by CPack when a package has been written. CPack puts the files of a .tar.gz in the order in which the file system names them, and
# the umask into a .deb: the package is written again, in order, from what CPack has packed.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY "${place}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(package IN LISTS CPACK_PACKAGE_FILES)
  set(place "${CPACK_TOPLEVEL_DIRECTORY}/again")
  file(MAKE_DIRECTORY "${place}")
  if(CPACK_GENERATOR STREQUAL "TGZ")
    run(tar -xzf "${package}")
    run(tar --create --file packed.tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX
        "--mtime=@$ENV{SOURCE_DATE_EPOCH}" "${CPACK_PACKAGE_FILE_NAME}")
    run(gzip -9n packed.tar)
    file(RENAME "${place}/packed.tar.gz" "${package}")
  elseif(CPACK_GENERATOR STREQUAL "DEB")
    run("${CPACK_LOCKWRAP_AR}" x "${package}")
    file(REMOVE "${package}")
    run("${CPACK_LOCKWRAP_AR}" qcDS "${package}" debian-binary control.tar.gz data.tar.gz)
  endif()
  file(REMOVE_RECURSE "${place}")
endforeach()
