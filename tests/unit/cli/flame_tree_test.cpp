// The tree of a flame graph: sums, order, what is merged, where it stands.
#include "pictures/flame_tree.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>

#include "flame_fixture.h"
#include "pictures/flame_layout.h"
#include "report/shown_stack.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

const FlameNode *find(const std::vector<FlameNode> &nodes, const std::string &name) {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const FlameNode &node) { return node.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

int64_t sum_of(const std::vector<FlameNode> &nodes) {
  int64_t sum = 0;
  for (const FlameNode &node : nodes) sum += node.wait_ns;
  return sum;
}

void visit(const FlameNode &node, const std::function<void(const FlameNode &)> &see) {
  see(node);
  for (const FlameNode &child : node.children) visit(child, see);
  for (const FlameNode &holder : node.holders) visit(holder, see);
}

ShownStack shown_of(const std::vector<std::string> &functions) {
  ShownStack shown;
  shown_stack(frames_of(functions), shown);
  return shown;
}

size_t count_of(const FlameGraph &graph) {
  size_t count = 0;
  visit(graph.root, [&](const FlameNode &) { ++count; });
  return count;
}

}  // namespace

TEST_CASE("a flame graph of waiters goes from the outermost caller to the lock") {
  FlameBuilder builder(FlameSide::kWaiter);
  builder.add(waiting("ledger", {"reserve()", "serve()", "main", "__libc_start_call_main", "_start"}, 700));
  builder.add(waiting("ledger", {"settle()", "serve()", "main"}, 200));
  builder.add(waiting("queue", {"settle()", "serve()", "main"}, 100));
  const FlameGraph graph = builder.finish();
  CHECK(graph.root.wait_ns == 1000);
  REQUIRE(graph.root.children.size() == 1);
  CHECK(graph.root.children[0].name == "main");
  const FlameNode &serve = graph.root.children[0].children.at(0);
  CHECK(serve.wait_ns == 1000);
  REQUIRE(serve.children.size() == 2);
  CHECK(serve.children[0].name == "reserve()");
  CHECK(serve.children[1].name == "settle()");
  REQUIRE(serve.children[1].children.size() == 2);
  CHECK(serve.children[1].children[0].kind == FlameKind::kLock);
  CHECK(serve.children[1].children[0].name == "ledger");
  CHECK(serve.children[1].children[1].wait_ns == 100);
}

TEST_CASE("callers are one frame a function, waiting places one a line") {
  FlameBuilder builder(FlameSide::kBoth);
  for (const int64_t line : {10, 20}) {
    for (const int64_t waits_at : {line, int64_t{30}}) {
      FrameList frames = frames_of({"reserve()", "serve()", "main"});
      frames[0] = FixtureStacks::all().frames_of({"reserve()"}, "/src/file.cpp", waits_at)[0];
      frames[1] = FixtureStacks::all().frames_of({"serve()"}, "/src/file.cpp", line + 1)[0];
      LockStack stack = waiting("ledger", {}, line);
      stack.number = FixtureStacks::all().add(frames);
      add(builder, blamed(stack, {}, line));
    }
  }
  const FlameGraph graph = builder.finish();
  const FlameNode &lock = graph.root.children.at(0);
  REQUIRE(lock.children.size() == 3);
  CHECK(lock.children[0].place == "file.cpp:30");
  REQUIRE(lock.children[0].children.size() == 1);
  CHECK(lock.children[0].children[0].place == "file.cpp");  // called from two lines
  CHECK(lock.children[1].place == "file.cpp:20");
  CHECK(lock.children[1].children[0].place == "file.cpp:21");
}

TEST_CASE("below each waiting place stand those who held, as wide as the place") {
  const FlameGraph graph = two_sided_graph();
  CHECK(graph.root.wait_ns == 4000);
  REQUIRE(graph.root.children.size() == 2);
  const FlameNode &ledger = graph.root.children[0];
  CHECK(ledger.name == "ledger");
  CHECK(ledger.wait_ns == 3000);
  CHECK(sum_of(ledger.children) == 3000);
  const FlameNode *reserve = find(ledger.children, "reserve()"), *settle = find(ledger.children, "settle()");
  REQUIRE(reserve != nullptr);
  REQUIRE(settle != nullptr);
  CHECK(reserve->wait_ns == 2000);
  CHECK(sum_of(reserve->children) == 2000);
  CHECK(sum_of(reserve->holders) == 2000);
  CHECK(reserve->holders[0].name == "save()");
  CHECK(reserve->holders[0].children.at(0).name == "main");
  CHECK(reserve->holders.back().kind == FlameKind::kNobody);  // last, though it is not the smallest
  CHECK(find(settle->holders, "save()") == nullptr);
  CHECK(find(settle->holders, "load()")->wait_ns == 1000);
}

TEST_CASE("above and below a place the frames stand in its own columns") {
  const FlameGraph graph = two_sided_graph();
  const FlameLayout layout = lay_out_flame(graph);
  CHECK(layout.lock_row == 3);
  CHECK(layout.rows == 6);
  double lock_end = 0;
  for (const FlameBox &box : layout.boxes) {
    CAPTURE(box.node->name);
    if (box.node->kind == FlameKind::kLock) {
      CHECK(box.row == layout.lock_row);
      CHECK(box.start == doctest::Approx(lock_end));
      lock_end = box.start + box.width;
    }
    CHECK(box.width == doctest::Approx(static_cast<double>(box.node->wait_ns) / 4000));
    CHECK((box.node->kind == FlameKind::kWaiter) == (box.row < layout.lock_row));
    if (box.row + 1 != layout.lock_row) continue;
    double start = box.start;
    for (const FlameNode &holder : box.node->holders) {
      const auto below = std::find_if(layout.boxes.begin(), layout.boxes.end(), [&](const FlameBox &other) { return other.node == &holder; });
      REQUIRE(below != layout.boxes.end());
      CHECK(below->row == layout.lock_row + 1);
      CHECK(below->start == doctest::Approx(start));
      start += below->width;
    }
    CHECK(start == doctest::Approx(box.start + box.width));
  }
  CHECK(lock_end == doctest::Approx(1));
}

TEST_CASE("graphs of one side hang from the top or stand on the floor") {
  for (const FlameSide side : {FlameSide::kWaiter, FlameSide::kHolder}) {
    FlameBuilder builder(side);
    builder.add(waiting("ledger", {"reserve()", "main"}, 10));
    const FlameGraph graph = builder.finish();
    const FlameLayout layout = lay_out_flame(graph);
    REQUIRE(layout.boxes.size() == 4);
    CHECK(layout.rows == 4);
    for (size_t depth = 0; depth < 4; ++depth) CHECK(layout.boxes[depth].row == (side == FlameSide::kWaiter ? depth : 3 - depth));
    CHECK(layout.boxes[3].node->kind == FlameKind::kLock);
  }
}

TEST_CASE("small frames become one that says how many they were") {
  FlameBuilder builder(FlameSide::kWaiter);
  builder.add(waiting("ledger", {"big()", "main"}, 900'000));
  for (int small = 0; small < 100; ++small) builder.add(waiting("ledger", {"small" + std::to_string(small) + "()", "main"}, 1000 + small));
  builder.add(waiting("tiny lock", {"big()", "main"}, 1));
  FlameGraph graph = builder.finish();
  prune_flame(graph, 0.01, 1000);
  const FlameNode &main = graph.root.children.at(0);
  REQUIRE(main.children.size() == 2);
  CHECK(main.children[1].kind == FlameKind::kOther);
  CHECK(main.children[1].name == "... 100 more");
  CHECK(main.children[1].wait_ns == 104'950);
  CHECK(main.children[0].children.size() == 1);  // one lock; what is left is too narrow even together
}

TEST_CASE("a picture has no more frames than it may") {
  FlameBuilder builder(FlameSide::kBoth);
  for (int lock = 0; lock < 2000; ++lock) {
    add(builder, blamed(waiting("lock " + std::to_string(lock), {"f()", "g()", "main"}, 1000 + lock), {}, 1000 + lock));
  }
  FlameGraph graph = builder.finish();
  const int64_t total_ns = graph.root.wait_ns;
  prune_flame(graph, 0, 500);
  CHECK(count_of(graph) <= 500);
  CHECK(sum_of(graph.root.children) == total_ns);
  CHECK(graph.root.children.back().kind == FlameKind::kOther);
  size_t merged = 0;
  for (const FlameNode &node : graph.root.children) merged += node.kind == FlameKind::kOther ? node.stands_for : 1;
  CHECK(merged == 2000);
}

TEST_CASE("recursion and depth are shown as far as a picture has room") {
  std::vector<std::string> names{"wait()"};
  names.insert(names.end(), 500, "visit()");
  names.push_back("main");
  const ShownStack recursion = shown_of(names);
  REQUIRE(recursion.frames.size() == 4);
  CHECK(recursion.frames[1].function() == "visit()");
  CHECK(recursion.frames[2].function() == "visit() recursing");
  CHECK_FALSE(recursion.is_cut);

  names.clear();
  for (int depth = 0; depth < 300; ++depth) names.push_back(depth % 2 == 0 ? "even()" : "odd()");
  CHECK(shown_of(names).frames.size() == 256);
  CHECK(shown_of(names).is_cut);
  FlameBuilder builder(FlameSide::kWaiter);
  builder.add(waiting("ledger", names, 10));
  CHECK(builder.finish().root.children.at(0).kind == FlameKind::kOther);
}

TEST_CASE("what every thread begins with is left out, but not all of a stack") {
  CHECK(shown_of({"work()", "std::thread::_Invoker<std::tuple<main::{lambda()#1}> >::operator()()", "start_thread", "clone3"}).frames.size() == 1);
  CHECK(shown_of({"start_thread", "clone3"}).frames.size() == 1);
  CHECK(shown_of({"work()", "start_thread", "main"}).frames.size() == 3);
}

// As if a part of a stack could not be had.
class WholeStacks : public StackSource {
 public:
  bool read_stack(size_t number, FrameList &into, size_t, From from) override { return FixtureStacks::all().read_stack(number, into, kAll, from); }
  size_t most_frames(size_t number) override { return FixtureStacks::all().most_frames(number); }
};

TEST_CASE("a part of what is shown of a stack is what it is in the whole one") {
  std::mt19937 random(5);
  FrameList frames;
  for (int index = 0; index < 200; ++index) {
    std::vector<std::string> functions;
    while (functions.size() < 60) functions.insert(functions.end(), 1 + random() % 12, random() % 2 == 0 ? "a()" : "b()");
    functions.insert(functions.end(), random() % 3, "start_thread");
    const LockStack stack = waiting("ledger", functions, 10);
    const ShownStack whole = shown_of(functions);
    const auto text_of = [](const ShownFrame &frame) { return frame.function(); };
    for (size_t wanted = 1; wanted < 12; ++wanted) {
      CAPTURE(wanted);
      ShownStack part;
      shown_part(*stack.source, stack.number, wanted, StackSource::From::kInnermost, frames, part);
      const size_t count = std::min(wanted, whole.frames.size());
      REQUIRE(part.frames.size() >= count);
      for (size_t at = 0; at < count; ++at) CHECK(text_of(part.frames[at]) == text_of(whole.frames[at]));
      shown_part(*stack.source, stack.number, wanted, StackSource::From::kOutermost, frames, part);
      REQUIRE(part.frames.size() >= count);
      for (size_t at = 1; at <= count; ++at) CHECK(text_of(part.frames[part.frames.size() - at]) == text_of(whole.frames[whole.frames.size() - at]));
    }
  }
}

TEST_CASE("a tree that looks at parts of deep stacks is the tree of the whole ones") {
  WholeStacks whole;
  std::mt19937 random(17);
  const std::vector<std::string> names = {"a()", "b()", "c()", "d()", "std::__invoke_impl<void>()"};
  for (const FlameSide side : {FlameSide::kWaiter, FlameSide::kHolder, FlameSide::kBoth}) {
    FlameBuilder of_parts(side), of_whole(side);
    for (int index = 0; index < 300; ++index) {
      std::vector<std::string> functions;
      for (size_t depth = random() % (index % 10 == 0 ? 400 : 40); functions.size() <= depth;) functions.insert(functions.end(), 1 + (random() % 3 == 0) * (random() % 30), names[random() % names.size()]);
      LockStack stack = waiting(random() % 2 == 0 ? "ledger" : "queue", functions, 10);
      for (FlameBuilder *builder : {&of_parts, &of_whole}) {
        if (builder == &of_whole) stack.source = &whole;
        if (side != FlameSide::kBoth) {
          builder->add(stack);
        } else {
          builder->add_waiter(stack);
          builder->add_holder(&stack, 10);
        }
      }
    }
    const auto text_of = [](FlameBuilder &builder) {
      std::string text;
      visit(builder.finish(0.002).root, [&](const FlameNode &node) { text += node.name + " " + std::to_string(node.wait_ns) + "\n"; });
      return text;
    };
    const std::string expected = text_of(of_whole);
    CHECK(text_of(of_parts) == expected);
    CHECK(expected.size() > 10'000);
  }
}

TEST_CASE("holders of a place are shared out among the callers of an own lock function") {
  FlameBuilder builder(FlameSide::kBoth);
  builder.add_waiter(waiting("ledger", {"reserve()", "main"}, 300));
  builder.add_waiter(waiting("ledger", {"settle()", "main"}, 100));
  const LockStack save = waiting("ledger", {"save()"}, 0), load = waiting("ledger", {"load()"}, 0);
  builder.add_holder(&save, 200);
  builder.add_holder(&load, 101);
  builder.add_holder(nullptr, 99);
  builder.add_waiter(waiting("ledger", {"reserve()", "main"}, 50));  // another call
  builder.add_holder(&load, 50);
  const FlameGraph graph = builder.finish();
  const FlameNode &lock = graph.root.children.at(0);
  CHECK(lock.wait_ns == 450);
  REQUIRE(lock.children.size() == 2);
  CHECK(lock.children[0].wait_ns == 350);
  CHECK(find(lock.children[0].holders, "save()")->wait_ns == 150);
  CHECK(find(lock.children[1].holders, "save()")->wait_ns == 50);
  CHECK(find(lock.children[0].holders, "load()")->wait_ns + find(lock.children[1].holders, "load()")->wait_ns == 151);
  CHECK(sum_of(lock.children[0].holders) + sum_of(lock.children[1].holders) == 450);
}

TEST_CASE("the order of the samples makes no difference") {
  std::vector<Blamed> stacks = two_sided_stacks();
  const auto text_of = [](const std::vector<Blamed> &list) {
    FlameBuilder builder(FlameSide::kBoth);
    for (const Blamed &stack : list) add(builder, stack);
    std::string text;
    visit(builder.finish().root, [&](const FlameNode &node) { text += node.name + " " + node.place + " " + std::to_string(node.wait_ns) + "\n"; });
    return text;
  };
  const std::string expected = text_of(stacks);
  for (int round = 0; round < 10; ++round) {
    std::rotate(stacks.begin(), stacks.begin() + 1, stacks.end());
    CHECK(text_of(stacks) == expected);
  }
  std::reverse(stacks.begin(), stacks.end());
  CHECK(text_of(stacks) == expected);
}

TEST_CASE("sums of a hostile profile stay in their boxes") {
  FlameBuilder builder(FlameSide::kBoth);
  for (const char *name : {"a()", "b()", "c()"}) {
    add(builder, blamed(waiting("ledger", {name}, 1), {}, std::numeric_limits<int64_t>::max()));
  }
  FlameGraph graph = builder.finish();
  prune_flame(graph, 0.0004, 10'000);
  for (const FlameBox &box : lay_out_flame(graph).boxes) CHECK(box.start + box.width <= 1.0001);
}

TEST_CASE("a second profile is the weight to compare with") {
  FlameBuilder builder(FlameSide::kWaiter, FlameComparison{});
  builder.add(waiting("ledger", {"reserve()", "main"}, 10));
  builder.add(waiting("ledger", {"reserve()", "main"}, 30), FlameBuilder::Weight::kOther);
  const FlameGraph graph = builder.finish();
  CHECK(graph.comparison);
  CHECK(graph.root.wait_ns == 10);
  CHECK(graph.root.children.at(0).other_ns == 30);
}

TEST_CASE("a comparison knows places and locks of another build again") {
  FlameBuilder builder(FlameSide::kBoth, FlameComparison{});
  Blamed shown = blamed(waiting("mutex created in open() a.cpp:12", {"reserve()", "main"}, 0), {"save()"}, 10), other = shown;
  other.waiter = stack_with(FixtureStacks::all().frames_of({"reserve()", "main"}, "/another/folder/file.cpp", 9));
  other.waiter.lock = "mutex created in open() a.cpp:15";
  other.waiter.kind = "mutex";
  other.holder = FixtureStacks::all().frames_of({"save()"}, "/src/file.cpp", 9);
  other.wait_ns = 30;
  add(builder, shown);
  add(builder, other, FlameBuilder::Weight::kOther);
  const FlameGraph graph = builder.finish();
  CHECK(count_of(graph) == 5);  // all, the lock, reserve(), main, save()
  visit(graph.root, [](const FlameNode &node) {
    CAPTURE(node.name);
    CHECK(node.wait_ns == 10);
    CHECK(node.other_ns == 30);
    if (node.kind == FlameKind::kWaiter || node.kind == FlameKind::kHolder) CHECK(node.place == "file.cpp:1");  // the shown one's
  });
  CHECK(graph.root.children.at(0).name == "mutex created in open() a.cpp");
}

TEST_CASE("what only the other profile has is no part of what is too small to be shown") {
  FlameBuilder builder(FlameSide::kWaiter, FlameComparison{});
  builder.add(waiting("ledger", {"big()"}, 900'000));
  for (int small = 0; small < 100; ++small) builder.add(waiting("ledger", {"small" + std::to_string(small) + "()"}, 1000));
  builder.add(waiting("ledger", {"gone()"}, 500'000), FlameBuilder::Weight::kOther);
  FlameGraph graph = builder.finish();
  prune_flame(graph, 0.01, 1000);
  REQUIRE(graph.root.children.size() == 2);
  CHECK(graph.root.children[1].name == "... 100 more");
  CHECK(graph.root.children[1].other_ns == 0);
}
