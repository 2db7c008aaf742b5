# Makes a C++ file that holds a text file as a string_view, so that the command is one file and needs no other at run time.
# cmake -DINPUT=flame.css -DOUTPUT=flame_css.cpp -DNAME=flame_css -P embed_text.cmake
file(READ "${INPUT}" text)
foreach(forbidden IN ITEMS "]]>" "</script" "</style" ")embedded\"") # each would end what the text is put into
  string(FIND "${text}" "${forbidden}" position)
  if(NOT position EQUAL -1)
    message(FATAL_ERROR "${INPUT} contains ${forbidden}: say it in another way")
  endif()
endforeach()
file(WRITE "${OUTPUT}" "// Made from ${NAME} by embed_text.cmake.
#include <string_view>

namespace lockwrap::cli {
extern const std::string_view ${NAME};
const std::string_view ${NAME} = R\"embedded(${text})embedded\";
}  // namespace lockwrap::cli
")
