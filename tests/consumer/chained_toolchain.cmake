# A toolchain file as its owner wrote it, who knew of no other: it needs a variable of its own, in checks of the machine as well.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES OWNERS_BOARD)
if(NOT OWNERS_BOARD)
  message(FATAL_ERROR "OWNERS_BOARD is not set")
endif()
