// Flame graphs that compare two profiles: what they say of each frame, of what is gone and of what is compared; and `lockwrap diff --flame`.
#include "pictures/flame_change.h"

#include <doctest/doctest.h>

#include "flame_fixture.h"
#include "pictures/flame_layout.h"
#include "run_command.h"
#include "pictures/svg_text.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

bool holds(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

FlameNode node_of(int64_t shown_ns, int64_t other_ns) {
  FlameNode node;
  node.wait_ns = shown_ns;
  node.other_ns = other_ns;
  return node;
}

struct Wait {
  std::string lock, function;
  long wait_ns;
  std::string holder = "";
};

SyntheticProfile profile_of(const std::vector<Wait> &waits, int64_t duration_ns = 10'000'000'000) {
  SyntheticProfile profile;
  profile.duration(duration_ns).frames(0x4000, {{"main", "/src/main.cpp", 1}});
  uint64_t id = 0;
  for (const Wait &wait : waits) {
    const uint64_t site = 0x2000 + 32 * ++id, holder = site + 16;
    const std::string amount = std::to_string(wait.wait_ns);
    profile.comment("lockwrap lock id=" + std::to_string(id) + " kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=2 wait_ns=" + amount +
                    " max_wait_ns=" + amount + " blamed_ns=0 name=" + wait.lock);
    profile.frames(site, {{wait.function, "/src/a.cpp", 5}});
    profile.sample({"waiter", id, site, 0, {site, 0x4000}, 2, wait.wait_ns});
    if (wait.holder.empty()) continue;
    profile.frames(holder, {{wait.holder, "/src/b.cpp", 7}});
    profile.sample({"holder", id, holder, site, {holder, 0x4000}, 2, wait.wait_ns});
  }
  return profile;
}

struct Pair {
  TemporaryFolder folder;

  Pair(const SyntheticProfile &before, const SyntheticProfile &now) {
    before.write(folder / "before.pb.gz");
    now.write(folder / "now.pb.gz");
  }
  CommandResult run(const std::string &options) { return run_lockwrap("diff " + (folder / "before.pb.gz") + " " + (folder / "now.pb.gz") + " " + options); }
  std::string picture(const std::string &options = "") {
    const CommandResult result = run("--flame -o " + (folder / "a.svg") + " " + options);
    CHECK_MESSAGE(result.exit_status == 0, result.errors);
    CHECK(run_shell("xmllint --noout --nonet " + (folder / "a.svg")).errors == "");
    return read_file(folder / "a.svg");
  }
};

}  // namespace

TEST_CASE("a change has a colour, a text and a sign") {
  const auto said = [](int64_t now_ns, int64_t before_ns) {
    const FlameNode node = node_of(now_ns, before_ns);
    return change_class(node, {}) + " " + change_mark(node, {}) + " " + change_text(node, {});
  };
  CHECK(said(100, 100) == "same = as before");
  CHECK(said(103, 100) == "same + +3 %");
  CHECK(said(1004, 1000) == "same = as before");
  CHECK(said(120, 100) == "more1 + +20 %");
  CHECK(said(200, 100) == "more3 + +100 %");
  CHECK(said(1200, 100) == "more4 + 12 times");
  CHECK(said(100, 0) == "more4 + new");
  CHECK(said(80, 100) == "less1 - -20 %");
  CHECK(said(10, 100) == "less4 - -90 %");
  CHECK(said(0, 100) == "less4 - gone");
  CHECK(said(0, 0) == "same = as before");
}

TEST_CASE("a change is one from before to now, whichever of them is drawn and however long each was watched") {
  FlameComparison older;
  older.is_older_shown = true;
  CHECK(change_text(node_of(200, 100), older) == "-50 %");
  CHECK(change_class(node_of(100, 200), older) == "more3");
  FlameComparison scaled;
  scaled.shown_scale = 0.1;
  CHECK(change_text(node_of(1000, 200), scaled) == "-50 %");
  CHECK(comparable_text(1e9, scaled) == "1.00 s");
  scaled.is_per_second = true;
  CHECK(comparable_text(1e9, scaled) == "1.00 s/s");
  CHECK(comparable_text(1e300, scaled) == "9000000000 s/s");
}

TEST_CASE("the sign is seen wherever there is a label") {
  const FrameLabel label{"Ledger::reserve()", "ledger.cpp:3", "+35 %", "+"};
  CHECK(fitted_label(label, 60) == "Ledger::reserve() ledger.cpp:3, +35 %");
  CHECK(fitted_label(label, 30) == "Ledger::reserve(), +35 %");
  CHECK(fitted_label(label, 20) == "+ Ledger::reserve()");
  CHECK(fitted_label(label, 12) == "+ reserve()");
  CHECK(fitted_label(label, 8) == "+ rese..");
  CHECK(fitted_label(label, 4) == "+");
  CHECK(fitted_label(label, 1) == "+");
  CHECK(fitted_label(label, 0) == "");
}

TEST_CASE("a diff is drawn as a flame graph of what is waited now") {
  Pair pair(profile_of({{"ledger", "use()", 1'000'000'000, "save()"}, {"queue", "pop()", 3'000'000'000}}),
            profile_of({{"ledger", "use()", 4'000'000'000, "load()"}, {"queue", "pop()", 3'000'000'000}}, 20'000'000'000));
  const std::string svg = pair.picture();
  CHECK(holds(svg, ">Who waits for whom, more or less than before: service</text>"));
  CHECK(holds(svg, ">before.pb.gz (watched 10.0 s) against now.pb.gz (watched 20.0 s): in each watched second threads waited 400 ms before, 350 ms now (-12 %)</text>"));
  CHECK(holds(svg, "<title>ledger\nmutex; waited for 100 ms/s before, 200 ms/s now (+100 %); 57 % of all now</title>"));
  CHECK(holds(svg, "<title>queue\nmutex; waited for 300 ms/s before, 150 ms/s now (-50 %); 43 % of all now</title>"));
  CHECK(holds(svg, "<title>load()\nb.cpp:7\nheld `ledger` while others waited 0 ns/s before, 200 ms/s now (new); "));
  CHECK(holds(svg, ">Not drawn because it is gone, or nearly: save() holding, 100 ms/s before. --as-wide-as=before draws it.</text>"));
  CHECK(holds(svg, "As wide as the time waited now."));
  CHECK(pair.run("--flame").output == svg);
  CHECK(holds(pair.picture("--absolute"), "in all threads waited 4.00 s before, 7.00 s now (+75 %)"));
}

TEST_CASE("what is gone is drawn as wide as it was before") {
  Pair pair(profile_of({{"ledger", "use()", 1'000'000'000}, {"old", "drop()", 3'000'000'000}, {"older", "cut()", 2'000'000'000}}),
            profile_of({{"ledger", "use()", 1'000'000'000}, {"fresh", "add()", 20'000'000'000}}));
  const std::string now = pair.picture(), before = pair.picture("--as-wide-as=before");
  CHECK(!holds(now, "<title>old\n"));
  CHECK(holds(now, "Not drawn because it is gone, or nearly: lock old, 300 ms/s before; lock older, 200 ms/s before. --as-wide-as=before draws it."));
  CHECK(holds(before, "class=\"l c less4\" data-note=\"300 ms/s, gone\" data-mark=\"-\"><title>old\nmutex; waited for 300 ms/s before, 0 ns/s now (gone); 50 % of all before"));
  CHECK(holds(before, "Not drawn because it is new, or nearly: lock fresh, 2.00 s/s now. --as-wide-as=now draws it."));
  CHECK(holds(before, "As wide as the time waited before."));
  CHECK(holds(pair.picture("--side=waiter"), "nearly: drop() waiting, 300 ms/s before; cut() waiting, 200 ms/s before."));
}

TEST_CASE("a picture of nothing any more says what was before") {
  Pair pair(profile_of({{"ledger", "use()", 1'000'000'000, "save()"}}), profile_of({}));
  for (const char *side : {"both", "waiter", "holder"}) {
    CHECK(holds(pair.picture(std::string("--side=") + side), ">Nothing is waited for any more.</text>\n<text class=\"explanation\" x=\"10\" y=\"106\">Before it was 100 ms/s: --as-wide-as=before draws where.</text>"));
  }
  CHECK(holds(pair.picture("--as-wide-as=before"), "<title>ledger\n"));
  Pair fresh(profile_of({}), profile_of({{"ledger", "use()", 1'000'000'000}}));
  CHECK(holds(fresh.picture("--as-wide-as=before"), ">Nothing was waited for before.</text>"));
  CHECK(holds(fresh.picture(), "data-note=\"100 ms/s, new\""));
  Pair never(profile_of({}), profile_of({}));
  CHECK(holds(never.picture(), "No thread had to wait for a lock."));
}

TEST_CASE("options of a flame graph are refused without one, and a flame graph is no JSON") {
  Pair pair(profile_of({{"ledger", "use()", 1000}}), profile_of({{"ledger", "use()", 5000}}));
  for (const char *options : {"--side=waiter", "--as-wide-as=before", "--flame --json", "--flame --top 3", "--flame --side=nobody", "--flame --as-wide-as=after"}) {
    CAPTURE(options);
    CHECK(pair.run(options).exit_status == 2);
  }
  CHECK(pair.run("--flame --fail-on 'wait>10%'").exit_status == 1);
  CHECK(pair.run("--flame --fail-on 'wait>900%'").exit_status == 0);
}
