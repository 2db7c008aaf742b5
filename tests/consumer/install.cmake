# cmake -DBUILD=folder -DPREFIX=folder [-DMOVE_TO=folder] -P install.cmake: installs the build tree into an empty PREFIX,
# then moves that.
file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}" COMMAND_ERROR_IS_FATAL ANY)
if(MOVE_TO)
  file(REMOVE_RECURSE "${MOVE_TO}")
  file(RENAME "${PREFIX}" "${MOVE_TO}")
endif()
