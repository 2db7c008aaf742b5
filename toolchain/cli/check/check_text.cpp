// The verdict, then what is wrapped, what goes past, and the facts of the program.
#include <algorithm>
#include <iomanip>
#include <sstream>

#include "check/check_report.h"
#include "check/check_sentence.h"
#include "names/function_name.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kPastRows = 30;
constexpr size_t kSitesShown = 3;
constexpr size_t kFunctionColumns = 60;
constexpr size_t kLineColumns = 120;

std::string hex(uint64_t address) {
  std::ostringstream text;
  text << "0x" << std::hex << address;
  return text.str();
}

std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string wrapped_table(const WrapCheck &wrap) {
  using Align = TextTable::Align;
  TextTable table({{"WRAPPED", Align::kLeft}, {"FUNCTIONS", Align::kRight}, {"CALLS", Align::kRight}});
  for (const FamilyTotal &family : family_totals(wrap)) {
    table.add_row({{family.name},
                   {std::to_string(family.wrapped) + " of " + std::to_string(family.functions)},
                   {wrap.problem.empty() ? std::to_string(family.calls) : "?"}});
  }
  return table.text();
}

std::string past_table(const WrapCheck &wrap) {
  using Align = TextTable::Align;
  TextTable table({{"PAST LOCKWRAP", Align::kLeft}, {"FROM", Align::kLeft}, {"CALLS", Align::kRight}, {"AT", Align::kLeft}});
  for (size_t row = 0; row < wrap.past.size() && row < kPastRows; ++row) {
    const PastCall &past = wrap.past[row];
    std::string from = past.function.empty() ? hex(past.start) : fitted_function_name(past.function, kFunctionColumns);
    if (!past.source_file.empty()) from += " (" + past.source_file + ")";
    std::string sites;
    for (size_t index = 0; index < past.sites.size() && index < kSitesShown; ++index) sites += (index == 0 ? "" : " ") + hex(past.sites[index]);
    if (past.sites.size() > kSitesShown) sites += " ...";
    table.add_row({{past.called + (past.takes_address ? " (its address)" : "")}, {printable(from)}, {std::to_string(past.sites.size())}, {sites}});
  }
  std::string text = table.text();
  if (wrap.past.size() > kPastRows) text += "... and " + std::to_string(wrap.past.size() - kPastRows) + " more; --json has all.\n";
  return text;
}

std::string frame_pointers(const ProgramFacts &facts) {
  std::string text = "not looked for";
  if (facts.functions_sampled > 0) {
    text = std::to_string((100 * facts.functions_with_frame_pointer + facts.functions_sampled / 2) / facts.functions_sampled) + " % of " +
           counted(facts.functions_sampled, "function") + " sampled";
  }
  if (!facts.walks_by_unwind_tables) return text;
  const char *tables = facts.has_unwind_index ? "unwind tables are there" : facts.has_unwind_tables ? "unwind tables are there, their index is not" : "no unwind tables";
  return text + "; " + tables;
}

std::string facts_table(const CheckReport &report) {
  const ProgramFacts &facts = report.facts;
  const WrapCheck &wrap = report.wrap;
  std::vector<std::pair<std::string, std::string>> rows;
  if (wrap.is_linked) rows.emplace_back("lockwrap", wrap.version + ", built for " + wrap.archive_libc);
  rows.emplace_back("program", facts.link_kind + ", " + facts.architecture + (facts.is_stripped ? ", stripped" : ", not stripped"));
  rows.emplace_back("libc", facts.libc.empty() ? "unknown" : facts.libc + (facts.libc_version.empty() ? "" : " " + facts.libc_version) +
                                                                 (facts.is_lowest_version ? " or later" : ""));
  rows.emplace_back("malloc", facts.malloc.empty() ? "unknown" : facts.malloc + (facts.malloc_version.empty() ? "" : " " + facts.malloc_version));
  std::string outside = joined(facts.outside);
  if (outside.empty()) outside = "no shared library";
  if (facts.may_load_more) outside += "; and what it loads with dlopen";
  if (facts.may_look_up) outside += "; and what it finds with dlsym";
  rows.emplace_back("outside", outside);
  if (!facts.unseen_locks.empty()) rows.emplace_back("not seen", joined(facts.unseen_locks) + ": they do not call pthread");
  if (wrap.libc_calls > 0) rows.emplace_back("libc's own", counted(wrap.libc_calls, "call") + " inside libc, which need not be wrapped");
  rows.emplace_back("frame pointers", frame_pointers(facts));
  rows.emplace_back("build-id", facts.build_id.empty() ? "none" : facts.build_id);
  std::ostringstream text;
  for (const auto &[name, value] : rows) text << std::left << std::setw(16) << name << printable(value) << "\n";
  return text.str();
}

}  // namespace

std::vector<FamilyTotal> family_totals(const WrapCheck &wrap) {
  std::vector<FamilyTotal> families;
  for (const WrappedFunction &function : wrap.functions) {
    auto family = std::find_if(families.begin(), families.end(), [&](const FamilyTotal &total) { return total.name == function.family; });
    if (family == families.end()) family = families.insert(families.end(), FamilyTotal{function.family});
    // What only libc calls is no function of its users.
    if (!function.is_inner) ++family->functions;
    if (!function.is_inner && function.is_resolved && function.past_calls == 0) ++family->wrapped;
    family->calls += function.calls;
  }
  return families;
}

std::string check_as_text(const CheckReport &report) {
  std::string text = printable(verdict_sentence(report)) + "\n";
  for (const std::string &line : advice(report)) {
    bool is_first = true;
    for (const std::string &part : wrap_words(printable(line), kLineColumns)) {
      text += (is_first ? "  to do: " : "    ") + part + "\n";
      is_first = false;
    }
  }
  if (report.wrap.is_linked && !report.wrap.functions.empty()) text += "\n" + wrapped_table(report.wrap);
  if (!report.wrap.past.empty()) text += "\n" + past_table(report.wrap);
  return text + "\n" + facts_table(report);
}

}  // namespace lockwrap::cli
