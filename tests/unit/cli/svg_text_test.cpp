// Text for pictures, from names that are no text.
#include "pictures/svg_text.h"

#include <doctest/doctest.h>

using namespace lockwrap::cli;

TEST_CASE("markup in a name is escaped") {
  CHECK(xml_text("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
}

TEST_CASE("what XML may not have is replaced") {
  const std::string replacement = "\xef\xbf\xbd";
  for (const char *bad : {"\x01", "\x1b", "\n", "\x7f", "\xff", "\x80", "\xc2\x85", "\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbf\xbe"}) {
    CAPTURE(bad);
    CHECK(xml_text(std::string("a") + bad + "b") == "a" + replacement + "b");
  }
  CHECK(xml_text(std::string_view("\0", 1)) == replacement);
  CHECK(xml_text("\xc0\x80") == replacement + replacement);                                    // overlong
  CHECK(xml_text("\xed\xa0\x80") == replacement + replacement + replacement);                  // a surrogate
  CHECK(xml_text("\xf4\x90\x80\x80") == replacement + replacement + replacement + replacement);  // above U+10FFFF
  CHECK(xml_text("\xe2\x82") == replacement + replacement);                                    // cut off
  CHECK(xml_text("\xe2\x82\xac \xf0\x9f\x94\x92 \xc3\xa9") == "\xe2\x82\xac \xf0\x9f\x94\x92 \xc3\xa9");
}

TEST_CASE("a name of any length has an end") {
  CHECK(xml_text(std::string(5000, 'x')) == std::string(1000, 'x') + "..");
  CHECK(xml_text("four", 4) == "four");
  CHECK(xml_text("<<<", 2) == "&lt;&lt;..");
}

TEST_CASE("wide characters take two columns") {
  CHECK(text_columns("abc") == 3);
  CHECK(text_columns("\xc3\xa9") == 1);
  CHECK(text_columns("\xe9\x8d\xb5") == 2);
  CHECK(text_columns("\xff") == 2);
}

TEST_CASE("a label takes the longest form that fits") {
  const FrameLabel label{"Ledger::reserve()", "ledger.cpp:32", "2.23 s"};
  CHECK(fitted_label(label, 100) == "Ledger::reserve() ledger.cpp:32, 2.23 s");
  CHECK(fitted_label(label, 39) == "Ledger::reserve() ledger.cpp:32, 2.23 s");
  CHECK(fitted_label(label, 38) == "Ledger::reserve() ledger.cpp:32");
  CHECK(fitted_label(label, 30) == "Ledger::reserve()");
  CHECK(fitted_label(label, 16) == "reserve()");
  CHECK(fitted_label(label, 8) == "reserv..");
  CHECK(fitted_label(label, 3) == "r..");
  CHECK(fitted_label(label, 2) == "");
  CHECK(fitted_label({"ledger", "", "2.23 s"}, 14) == "ledger, 2.23 s");
  CHECK(fitted_label({"std::map<a::b, c>::at()"}, 10) == "at()");
  CHECK(fitted_label({"operator<(std::pair)"}, 12) == "operator<(..");
}

TEST_CASE("no label is wider than its box") {
  for (const std::string_view name : {"Ledger::reserve()", "\xe9\x8d\xb5\xe3\x81\xae\xe5\x90\x8d\xe5\x89\x8d", "\xff\xff\xff\xff\xff\xff", ""}) {
    for (size_t columns = 0; columns < 50; ++columns) CHECK(text_columns(fitted_label({name, "file.cpp:1", "note"}, columns)) <= columns);
  }
}
