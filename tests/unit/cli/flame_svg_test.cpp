// The drawing: what is in it, that it can stand alone and in a page, and that names do it no harm.
#include "pictures/flame_svg.h"

#include <doctest/doctest.h>

#include "flame_fixture.h"
#include "pictures/flame_layout.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

bool holds(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

size_t count_of(const std::string &text, const std::string &part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

const FlameCaption kCaption{"Who waits for whom: service", "pid 17"};

std::string what_xmllint_says(const std::string &svg) {
  const TemporaryFolder folder;
  write_file(folder / "a.svg", svg);
  const CommandResult result = run_shell("xmllint --noout --nonet " + (folder / "a.svg"));
  return result.exit_status == 0 ? result.errors : "refused: " + result.errors;
}

}  // namespace

TEST_CASE("a flame graph stands alone: no network, style and script inside") {
  const std::string svg = flame_svg_file(two_sided_graph(), kCaption);
  CHECK(svg.rfind("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg ", 0) == 0);
  CHECK(what_xmllint_says(svg) == "");
  CHECK(count_of(svg, "<style>") == 1);
  CHECK(count_of(svg, "<script>") == 1);
  CHECK(holds(svg, "prefers-color-scheme: dark"));
  for (const char *outside : {"href", "url(", "@import", "@font-face", "src="}) CHECK_MESSAGE(!holds(svg, outside), outside);
  CHECK(count_of(svg, "http") == 3);  // the names of the two namespaces, of SVG and HTML
}

TEST_CASE("a page can hold several flame graphs") {
  const std::string first = flame_svg_element(two_sided_graph(), kCaption, "one-"), second = flame_svg_element(two_sided_graph(), kCaption, "two-");
  CHECK(first.rfind("<svg ", 0) == 0);
  CHECK(!holds(first, "<script"));
  CHECK(!holds(first, "<style"));
  CHECK(count_of(first, " id=\"one-") == count_of(first, " id=\""));
  CHECK(holds(second, "aria-labelledby=\"two-title\""));
  CHECK(what_xmllint_says("<page>" + first + second + "</page>") == "");
}

TEST_CASE("each frame says its name, place, time and shares") {
  const std::string svg = flame_svg_element(two_sided_graph(), kCaption, "");
  CHECK(holds(svg, "<title>reserve()\nfile.cpp:1\nwaited for `ledger` 2.00 us, 67 % of this lock, 50 % of all</title>"));
  CHECK(holds(svg, "<title>save()\nfile.cpp:1\nheld `ledger` while others waited 800 ns, 27 % of this lock, 20 % of all</title>"));
  CHECK(holds(svg, "<title>ledger\nmutex; waited for 3.00 us, 75 % of all</title>"));
  CHECK(holds(svg, "<title>no holder seen\nwaited for `ledger` 1.20 us, 40 % of this lock, 30 % of all\nThe lock was free"));
  CHECK(holds(svg, ">ledger, 3.00 us, 75 %</text>"));
  CHECK(holds(svg, "Most of it was waited for ledger: 3.00 us, in reserve(); held meanwhile by: save().</desc>"));
}

TEST_CASE("no name breaks the XML") {
  const std::string hostile = std::string("]]></style><script>&amp;\"' \x01\x1b\xff\xc0\x80\n") + std::string(1, '\0') + std::string(5000, 'x');
  FlameBuilder builder(FlameSide::kBoth);
  LockStack waiter = stack_with(FixtureStacks::all().frames_of({hostile, hostile, "main"}, hostile));
  waiter.lock = waiter.kind = FixtureStacks::all().text(hostile);
  Blamed stack = blamed(waiter, {}, 1000);
  stack.holder = FixtureStacks::all().frames_of({hostile, "main"}, hostile);
  add(builder, stack);
  const FlameGraph graph = builder.finish();
  const std::string svg = flame_svg_file(graph, {hostile, hostile});
  CHECK(what_xmllint_says(svg) == "");
  CHECK(count_of(svg, "<script") == 1);
  CHECK(svg.size() < 200'000);
}

TEST_CASE("a picture of nothing says that nothing waited") {
  const std::string both = flame_svg_file(FlameBuilder(FlameSide::kBoth).finish(), kCaption);
  CHECK(what_xmllint_says(both) == "");
  CHECK(holds(both, "No thread had to wait for a lock."));
  CHECK(holds(both, "That is a good result"));
  CHECK(!holds(both, "<script"));
  const std::string holder = flame_svg_file(FlameBuilder(FlameSide::kHolder).finish(), kCaption);
  CHECK(what_xmllint_says(holder) == "");
  CHECK(holds(holder, "No holder made another thread wait."));
}

TEST_CASE("a comparison is coloured by what has changed") {
  FlameBuilder builder(FlameSide::kWaiter, FlameComparison{});
  builder.add(waiting("ledger", {"grown()"}, 1000));
  builder.add(waiting("ledger", {"shrunk()"}, 1000));
  builder.add(waiting("ledger", {"equal()"}, 1000));
  builder.add(waiting("ledger", {"grown()"}, 400), FlameBuilder::Weight::kOther);
  builder.add(waiting("ledger", {"shrunk()"}, 2000), FlameBuilder::Weight::kOther);
  builder.add(waiting("ledger", {"equal()"}, 1000), FlameBuilder::Weight::kOther);
  const std::string svg = flame_svg_file(builder.finish(), kCaption);
  CHECK(what_xmllint_says(svg) == "");
  CHECK(holds(svg, "class=\"w c more3\" data-note=\"+150 %\" data-mark=\"+\"><title>grown()\nfile.cpp:1\nwaited 400 ns before, 1.00 us now (+150 %); 33 % of all now<"));
  CHECK(holds(svg, "class=\"w c less3\" data-note=\"-50 %\" data-mark=\"-\"><title>shrunk()"));
  CHECK(holds(svg, "class=\"w c same\" data-note=\"as before\" data-mark=\"=\"><title>equal()"));
  CHECK(holds(svg, ">grown() file.cpp:1, +150 %</text>"));
  CHECK(holds(svg, "+ more than before"));
}

TEST_CASE("a stack as thin as a hair does not make a picture tall") {
  FlameBuilder builder(FlameSide::kBoth);
  add(builder, blamed(waiting("ledger", {"reserve()", "main"}, 0), {"save()"}, 99'000));
  add(builder, blamed(waiting("queue", {"pop()", "a()", "b()", "c()", "main"}, 0), {"push()", "d()", "main"}, 1000));
  const std::string svg = flame_svg_file(builder.finish(), kCaption);
  CHECK(holds(svg, "height=\"194\""));                    // 112 + 4 rows of 18 + 10
  CHECK(holds(svg, "transform=\"translate(0,58)\""));      // 3 rows higher
  CHECK(count_of(svg, " far\"><title>") == 5);             // b(), c() and main above; d() and main below
}

TEST_CASE("the same graph is the same text") {
  CHECK(flame_svg_file(two_sided_graph(), kCaption) == flame_svg_file(two_sided_graph(), kCaption));
}
