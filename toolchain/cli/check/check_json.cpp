// Ordered JSON, as check_json.md describes it. What is no UTF-8 in a name is replaced.
#include <nlohmann/json.hpp>
#include <sstream>

#include "check/check_report.h"
#include "check/check_sentence.h"

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCheckJsonVersion = 1;

const char *verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWrapped: return "wrapped";
    case Verdict::kPartly: return "partly";
    case Verdict::kNotExamined: return "not examined";
    default: return "not";
  }
}

Json sites_json(const std::vector<uint64_t> &sites) {
  Json list = Json::array();
  for (const uint64_t site : sites) {
    std::ostringstream text;
    text << "0x" << std::hex << site;
    list.push_back(text.str());
  }
  return list;
}

Json families_json(const WrapCheck &wrap) {
  Json list = Json::array();
  for (const FamilyTotal &family : family_totals(wrap)) {
    list.push_back({{"family", family.name}, {"functions", family.functions}, {"wrapped", family.wrapped}, {"calls", family.calls}});
  }
  return list;
}

Json functions_json(const WrapCheck &wrap) {
  Json list = Json::array();
  for (const WrappedFunction &function : wrap.functions) {
    list.push_back({{"function", function.name},
                    {"family", function.family},
                    {"called_by_libc_only", function.is_inner},
                    {"real_resolves", function.is_resolved},
                    {"calls", function.calls},
                    {"past", function.past_calls}});
  }
  return list;
}

Json past_json(const WrapCheck &wrap) {
  Json list = Json::array();
  for (const PastCall &past : wrap.past) {
    list.push_back({{"called", past.called},
                    {"by", past.function},
                    {"file", past.source_file},
                    {"takes_address", past.takes_address},
                    {"sites", sites_json(past.sites)}});
  }
  return list;
}

}  // namespace

std::string check_as_json(const CheckReport &report) {
  const WrapCheck &wrap = report.wrap;
  const ProgramFacts &facts = report.facts;
  Json lockwrap = nullptr;
  if (wrap.is_linked) lockwrap = {{"version", wrap.version}, {"built_for", wrap.archive_libc}};
  const Json json = {
      {"version", kCheckJsonVersion},
      {"path", report.path},
      {"verdict", verdict_name(wrap.verdict)},
      {"sentence", verdict_sentence(report)},
      {"to_do", advice(report)},
      {"lockwrap", std::move(lockwrap)},
      {"calls_examined", wrap.is_linked && wrap.problem.empty()},
      {"families", families_json(wrap)},
      {"functions", functions_json(wrap)},
      {"past", past_json(wrap)},
      {"libc_calls", wrap.libc_calls},
      {"untold_calls", wrap.untold_calls},
      {"excluded", wrap.excluded},
      {"outside", facts.outside},
      {"loads_more", facts.may_load_more},
      {"looks_up", facts.may_look_up},
      {"unseen_locks", facts.unseen_locks},
      {"malloc", {{"name", facts.malloc}, {"version", facts.malloc_version}, {"unused", facts.unused_malloc}}},
      {"libc", {{"name", facts.libc}, {"version", facts.libc_version}, {"or_later", facts.is_lowest_version}}},
      {"link", facts.link_kind},
      {"architecture", facts.architecture},
      {"stripped", facts.is_stripped},
      {"build_id", facts.build_id},
      {"unwind_tables", facts.has_unwind_tables},
      {"unwind_index", facts.has_unwind_index},
      {"frame_pointers", {{"functions", facts.functions_sampled}, {"with", facts.functions_with_frame_pointer}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockwrap::cli
