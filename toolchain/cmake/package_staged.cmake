# Run by CPack between the installation into a folder of its own and the packing: what a package has different from an installation. The
# archive without debug information, which is three quarters of it and names nothing that a report shows; the times of all files; and in a
# Debian package the documents as Debian's policy wants them.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
if(CPACK_GENERATOR STREQUAL "DEB")
  string(APPEND root "${CPACK_PACKAGING_INSTALL_PREFIX}")
endif()
set(libraries "${root}/${CPACK_LOCKWRAP_LIBRARIES}")
set(documents "${root}/${CPACK_LOCKWRAP_DOCUMENTS}")

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB files "${libraries}/liblockwrap.a" "${libraries}/lockwrap/*.[ao]")
foreach(file IN LISTS files)
  file(READ "${file}" start LIMIT 8 HEX)
  if(start MATCHES "^(213c617263683e|7f454c46)")  # an archive or an object file, no text for the linker
    run("${CPACK_LOCKWRAP_OBJCOPY}" --strip-debug --remove-section=.comment --enable-deterministic-archives "${file}")
  endif()
endforeach()

if(CPACK_GENERATOR STREQUAL "DEB")
  set(debian_documents "${root}/share/doc/${CPACK_DEBIAN_PACKAGE_NAME}")
  file(RENAME "${documents}" "${debian_documents}")
  file(REMOVE "${debian_documents}/LICENSE")  # in the copyright file
  file(RENAME "${debian_documents}/CHANGELOG.md" "${debian_documents}/NEWS")
  file(COPY "${CPACK_LOCKWRAP_SOURCES}/copyright" "${CPACK_LOCKWRAP_SOURCES}/changelog" DESTINATION "${debian_documents}")
  file(GLOB pages "${root}/${CPACK_LOCKWRAP_MANUALS}/man1/*.1")
  run(gzip -9n "${debian_documents}/NEWS" "${debian_documents}/changelog" ${pages})

  # Where pkg-config also looks when it is asked for another machine's libraries. lockwrap.pc finds everything from its own place.
  execute_process(COMMAND dpkg-architecture -qDEB_HOST_MULTIARCH OUTPUT_VARIABLE triplet OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(triplet AND CPACK_LOCKWRAP_LIBRARIES STREQUAL "lib")
    file(READ "${libraries}/pkgconfig/lockwrap.pc" text)
    string(REPLACE "prefix=\${pcfiledir}/" "prefix=\${pcfiledir}/../" text "${text}")
    file(WRITE "${libraries}/${triplet}/pkgconfig/lockwrap.pc" "${text}")
    file(REMOVE_RECURSE "${libraries}/pkgconfig")
  endif()
endif()

if(DEFINED ENV{SOURCE_DATE_EPOCH})
  run(find "${root}" -exec touch --no-dereference --date "@$ENV{SOURCE_DATE_EPOCH}" {} +)
endif()
run(chmod -R u=rwX,go=rX "${root}")
