#include "runtime/report/text_report.h"

#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/program.h"
#include "runtime/base/text.h"
#include "runtime/deadlock/incident.h"
#include "runtime/locks/order_key.h"
#include "runtime/misuse/finding.h"
#include "runtime/report/code_name.h"
#include "runtime/report/lock_totals.h"
#include "runtime/report/suppressions.h"
#include "runtime/report/symbol_name.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::report {

using contention::Pair;
using contention::Place;
using locks::LockRecord;

namespace {

constexpr uint32_t kMostRows = 30;
constexpr uint32_t kMostEvents = 10;
constexpr size_t kCellBytes = 96;
using Cell = base::TextOf<kCellBytes>;

enum Column { kLock, kWaited, kCount, kMean, kMax, kWaitsIn, kHeldBy, kColumns };
constexpr const char* kTitles[kColumns] = {"LOCK", "WAITED", "COUNT", "MEAN", "MAX", "WAITS IN", "HELD BY"};
constexpr const char* kEventTitles[kColumns] = {"EVENT", "WAITED", "COUNT", "MEAN", "MAX", "WAITS IN", "WOKEN BY"};
constexpr bool kRightAligned[kColumns] = {false, true, true, true, true, false, false};

struct Row {
  Cell cells[kColumns];
};

struct Report {
  const LockRecord* records[kMostRows];
  uint32_t record_count;
  uint32_t further_locks;
  Row rows[kMostRows];
  base::TextOf<24 * 1024> text;
};

// Not on the stack: the report may be written in a signal handler.
Report& report_memory() {
  static Report report;
  return report;
}

// The locks, or events, with the longest waits, in order; keeps the best `most`.
void choose_records(Report& report, bool events, uint32_t most) {
  report.record_count = 0;
  report.further_locks = 0;
  locks::lock_records.for_each([&](const LockRecord& record) {
    if (!record.totals.contentions || locks::is_event(record.kind) != events) return;
    uint32_t at = report.record_count;
    while (at > 0 && report.records[at - 1]->totals.wait_ns < record.totals.wait_ns) --at;
    if (report.record_count == most) ++report.further_locks;
    if (at == most) return;
    uint32_t last = report.record_count < most ? report.record_count++ : most - 1;
    for (; last > at; --last) report.records[last] = report.records[last - 1];
    report.records[at] = &record;
  });
}

bool is_plumbing(const ElfSymbols& symbols, uintptr_t return_address) {
  const SymbolName name = symbols.find(return_address - 1);
  return name.text && is_lock_plumbing(name.text);
}

// The call itself; if that is lock plumbing, the innermost caller that is not, in the heaviest sampled stack. The call comes first, because
// the stack of a holder is that of its release, which may be a jump out of the function.
void add_caller(base::Text& text, const ElfSymbols& symbols, uintptr_t site, const contention::SampleOwner& owner) {
  if (site && !is_plumbing(symbols, site)) return add_code_name(text, symbols, site);
  uint32_t heaviest = 0;
  uint64_t heaviest_ns = 0;
  contention::for_each_sample_of(owner, [&](const contention::Sample& sample) {
    const uint64_t weight = sample.weight_ns.load(std::memory_order_relaxed);
    if (weight > heaviest_ns) {
      heaviest_ns = weight;
      heaviest = sample.stack;
    }
  });
  const stack::StackView stack = stack::stack_of(heaviest);
  for (size_t i = 0; i < stack.count; ++i) {
    if (!is_plumbing(symbols, stack.frames[i])) return add_code_name(text, symbols, stack.frames[i]);
  }
  add_code_name(text, symbols, site);
}

void add_share(base::Text& text, uint64_t part, uint64_t whole) {
  if (!whole) return;
  text.add(" (").add_number((part * 200 + whole) / (2 * whole)).add(" %)");
}

// A kind of lock that costs something else than sleep, or an event, is told with its name.
void add_kind(base::Text& text, const LockRecord& record) {
  if (record.kind == locks::LockKind::kSpin || locks::is_event(record.kind)) {
    text.add(" (").add(locks::kind_name(record.kind)).add(")");
  }
}

void add_lock_name(base::Text& text, const ElfSymbols& symbols, const LockRecord& record) {
  if (record.kind == locks::LockKind::kJoin) {
    text.add("end of a thread");
    return;
  }
  const uint32_t name = record.name.load(std::memory_order_relaxed);
  if (name) {
    text.add(locks::name_text(name));
    add_kind(text, record);
    return;
  }
  if (add_variable_name(text, symbols, record.shown_address)) {
    add_kind(text, record);
    return;
  }
  text.add(locks::kind_name(record.kind));
  if (tells_creator(symbols, record.created)) {
    text.add(" created in ");
    add_code_name(text, symbols, record.created);
    return;
  }
  text.add(" first used in ");
  const uintptr_t first_use = record.first_use.load(std::memory_order_relaxed);
  const Place* first_place = nullptr;
  contention::for_each_place_of(record, [&](const Place& place) {
    if (place.site == first_use) first_place = &place;
  });
  if (first_place) add_caller(text, symbols, first_use, *first_place);
  else add_code_name(text, symbols, first_use);
}

void add_role(base::Text& text, const LockRecord& record, bool is_reader) {
  if (record.kind == locks::LockKind::kRwlock || is_reader) text.add(is_reader ? " reading" : " writing");
}

// The call that woke the waiters of an event most often. Not every kind tells.
void add_waker(base::Text& text, const ElfSymbols& symbols, const LockRecord& record) {
  const Pair* top_pair = nullptr;
  uint64_t wakes = 0;
  contention::for_each_pair_of(record, [&](const Pair& pair) {
    wakes += holds_of(pair);
    if (!top_pair || holds_of(pair) > holds_of(*top_pair)) top_pair = &pair;
  });
  if (!top_pair) return;
  add_caller(text, symbols, top_pair->holder_site, *top_pair);
  add_share(text, holds_of(*top_pair), wakes);
}

void fill_row(Row& row, const ElfSymbols& symbols, const LockRecord& record) {
  for (Cell& cell : row.cells) cell.clear();
  const locks::LockTotals& totals = record.totals;
  add_lock_name(row.cells[kLock], symbols, record);
  row.cells[kWaited].add_duration(totals.wait_ns);
  if (totals.read_contentions) {
    const uint64_t writers = totals.contentions - totals.read_contentions;
    row.cells[kCount].add_number(totals.read_contentions).add(" r + ").add_number(writers).add(" w");
  } else {
    row.cells[kCount].add_number(totals.contentions);
  }
  row.cells[kMean].add_duration(totals.wait_ns / totals.contentions);
  row.cells[kMax].add_duration(totals.max_wait_ns);
  const Place* top_place = nullptr;
  contention::for_each_place_of(record, [&](const Place& place) {
    if (!top_place || wait_ns_of(place) > wait_ns_of(*top_place)) top_place = &place;
  });
  if (top_place) {
    add_caller(row.cells[kWaitsIn], symbols, top_place->site, *top_place);
    add_role(row.cells[kWaitsIn], record, top_place->is_reader);
    add_share(row.cells[kWaitsIn], wait_ns_of(*top_place), totals.wait_ns);
  }
  if (locks::is_event(record.kind)) return add_waker(row.cells[kHeldBy], symbols, record);
  // A holder's pairs with different waiters count together.
  const Pair* top_pair = nullptr;
  uint64_t top_ns = 0;
  contention::for_each_pair_of(record, [&](const Pair& candidate) {
    uint64_t blamed_ns = 0;
    contention::for_each_pair_of(record, [&](const Pair& pair) {
      if (pair.holder_site == candidate.holder_site) blamed_ns += blamed_ns_of(pair);
    });
    if (!top_pair || blamed_ns > top_ns) {
      top_pair = &candidate;
      top_ns = blamed_ns;
    }
  });
  if (top_pair && top_ns) {
    add_caller(row.cells[kHeldBy], symbols, top_pair->holder_site, *top_pair);
    add_role(row.cells[kHeldBy], record, top_pair->is_reader);
    add_share(row.cells[kHeldBy], top_ns, totals.wait_ns);
  }
  // Nobody held the lock while the woken thread had not run yet; or a holder was not seen.
  const uint64_t unheld_ns = totals.wait_ns > totals.blamed_ns ? totals.wait_ns - totals.blamed_ns : 0;
  if (!top_ns || unheld_ns > totals.wait_ns / 4) {
    if (top_ns) row.cells[kHeldBy].add(", ");
    row.cells[kHeldBy].add("no holder seen");
    add_share(row.cells[kHeldBy], unheld_ns, totals.wait_ns);
  }
}

void add_line(base::Text& text, const size_t (&widths)[kColumns], const char* const (&cells)[kColumns],
              const size_t (&lengths)[kColumns]) {
  for (int column = 0; column < kColumns; ++column) {
    const size_t blanks = widths[column] - lengths[column];
    const size_t start = text.length();
    if (kRightAligned[column]) text.pad_to(start + blanks);
    text.add(cells[column], lengths[column]);
    if (column + 1 < kColumns) {
      if (!kRightAligned[column]) text.pad_to(start + widths[column]);
      text.add("  ");
    }
  }
  text.add("\n");
}

void add_table(Report& report, const char* const (&titles)[kColumns]) {
  size_t widths[kColumns];
  const char* cells[kColumns];
  size_t lengths[kColumns];
  for (int column = 0; column < kColumns; ++column) {
    cells[column] = titles[column];
    lengths[column] = widths[column] = __builtin_strlen(titles[column]);
    for (uint32_t i = 0; i < report.record_count; ++i) {
      const size_t length = report.rows[i].cells[column].length();
      if (widths[column] < length) widths[column] = length;
    }
  }
  add_line(report.text, widths, cells, lengths);
  for (uint32_t i = 0; i < report.record_count; ++i) {
    for (int column = 0; column < kColumns; ++column) {
      cells[column] = report.rows[i].cells[column].c_str();
      lengths[column] = report.rows[i].cells[column].length();
    }
    add_line(report.text, widths, cells, lengths);
  }
}

void add_dropped(base::Text& text) {
  const contention::Dropped& dropped = contention::dropped();
  const auto add = [&](const char* what, const std::atomic<uint64_t>& counter) {
    const uint64_t count = counter.load(std::memory_order_relaxed);
    if (count) text.add("dropped: ").add_number(count).add(" ").add(what).add("\n");
  };
  add("contended calls, no room for their lock (memory_limit_mb)", dropped.locks);
  add("contended calls, no room for their place (memory_limit_mb)", dropped.places);
  add("holds with waiters, no room for their pair (memory_limit_mb)", dropped.pairs);
  add("holds with waiters, no room for how long they were (memory_limit_mb)", dropped.holders);
  add("sampled stacks, no room (memory_limit_mb)", dropped.stacks);
  add("sampled stacks cut short, deeper than 128 frames", dropped.frames);
  add("samples, no room (memory_limit_mb)", dropped.samples);
  add("names, no room (memory_limit_mb)", dropped.names);
  add("locks taken, no room in the list of held locks", dropped.held);
  add("calls of threads beyond the number that can be watched", dropped.threads);
  const deadlock::OrderCounts& orders = deadlock::order_counts();
  if (locks::orders_full) text.add("dropped: orders of further locks, no room for their records (memory_limit_mb)\n");
  add("orders of locks, no room (memory_limit_mb)", orders.edges);
  add("observations of orders of locks, not kept", orders.evidence);
  add("orders of locks, not searched in time for what they make possible", orders.searches);
  add("contended calls in signal handlers that interrupted another one", dropped.nested);
}

void add_findings(base::Text& text, const char* what, const base::FindingCounts& counts) {
  const uint64_t found = counts.found.load(std::memory_order_relaxed);
  const uint64_t untold = counts.untold.load(std::memory_order_relaxed);
  if (!found) return;
  text.add(what).add_number(found - untold).add(" told when it happened");
  if (untold) text.add(", ").add_number(untold).add(" more at the same places");
  text.add("\n");
}

}  // namespace

int write_text_report(int descriptor) {
  const uint64_t now_ns = base::monotonic_ns();
  sum_locks(now_ns);
  Report& report = report_memory();
  const ElfSymbols symbols;
  choose_records(report, false, kMostRows);
  base::Text& text = report.text;
  text.clear();
  char path[1024];
  base::program_path(path, sizeof path);
  text.add("lockwrap: contention of ").add(base::base_name(path)).add(" (pid ")
      .add_number(static_cast<uint64_t>(getpid())).add(") in ")
      .add_duration(now_ns - contention::process_state().start_ns.load(std::memory_order_relaxed)).add("\n");
  if (report.record_count) {
    for (uint32_t i = 0; i < report.record_count; ++i) fill_row(report.rows[i], symbols, *report.records[i]);
    add_table(report, kTitles);
    if (report.further_locks) text.add("and ").add_number(report.further_locks).add(" more locks, with shorter waits\n");
  } else {
    text.add("no thread has waited for a lock: a good result\n");
  }
  choose_records(report, true, kMostEvents);
  if (report.record_count) {
    text.add("waits for events, which is mostly idling and not contention:\n");
    for (uint32_t i = 0; i < report.record_count; ++i) fill_row(report.rows[i], symbols, *report.records[i]);
    add_table(report, kEventTitles);
    if (report.further_locks) text.add("and ").add_number(report.further_locks).add(" more events, with shorter waits\n");
  }
  add_dropped(text);
  add_findings(text, "deadlocks: ", deadlock::counts());
  add_findings(text, "lock orders that can become deadlocks: ", deadlock::counts_of_orders());
  add_findings(text, "waits that took too long: ", deadlock::counts_of_stuck());
  add_findings(text, "misuse of locks: ", misuse::counts());
  if (const uint64_t count = suppressed_count()) text.add("suppressed: ").add_number(count).add(" findings\n");
  return base::write_all(descriptor, text.c_str(), text.length());
}

}  // namespace lockwrap::report
