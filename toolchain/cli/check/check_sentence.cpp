// One sentence for each of the things that can be wrong, so that the text and the JSON say the same.
#include "check/check_sentence.h"

#include <algorithm>

namespace lockwrap::cli {
namespace {

constexpr size_t kNamesInASentence = 5;

std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (size_t index = 0; index < names.size(); ++index) {
    if (index == kNamesInASentence) return text + " and " + std::to_string(names.size() - index) + " more";
    text += (index == 0 ? "" : ", ") + names[index];
  }
  return text;
}

std::vector<std::string> unresolved(const WrapCheck &wrap) {
  std::vector<std::string> names;
  for (const WrappedFunction &function : wrap.functions) {
    if (!function.is_resolved) names.push_back(function.name);
  }
  return names;
}

std::string partly_sentence(const WrapCheck &wrap) {
  std::string text;
  if (wrap.past_count > 0) {
    text = counted(wrap.past_count, "call") + (wrap.past_count == 1 ? " goes" : " go") + " past lockwrap " + wrap.version + ", in ";
    // The same caller may be there once for each function that it calls.
    std::vector<std::string> callers;
    for (const PastCall &past : wrap.past) callers.push_back(past.function.empty() ? std::to_string(past.start) : past.function);
    std::sort(callers.begin(), callers.end());
    callers.erase(std::unique(callers.begin(), callers.end()), callers.end());
    text += counted(callers.size(), "function");
  }
  const std::vector<std::string> missing = unresolved(wrap);
  if (!missing.empty()) text += (text.empty() ? "" : "; ") + std::string("the real ") + joined(missing) + (missing.size() == 1 ? " is" : " are") + " not there";
  if (!wrap.excluded.empty()) {
    text += std::string(text.empty() ? "" : "; ") + "lockwrap_exclude has let " + joined(wrap.excluded) + " go past lockwrap " + wrap.version;
  }
  return text;
}

}  // namespace

std::string counted(uint64_t count, const std::string &noun) { return std::to_string(count) + " " + noun + (count == 1 ? "" : "s"); }

std::string verdict_sentence(const CheckReport &report) {
  const WrapCheck &wrap = report.wrap;
  if (report.facts.link_kind == "shared library") {
    return report.path + " is not wrapped: it is a shared library, and lockwrap wraps executables. Locks taken in it are not seen.";
  }
  if (wrap.verdict == Verdict::kNot) return report.path + " is not wrapped: lockwrap is not linked in.";
  if (wrap.verdict == Verdict::kPartly) return report.path + " is partly wrapped: " + partly_sentence(wrap) + ".";
  if (wrap.verdict == Verdict::kNotExamined) {
    return report.path + " is linked with lockwrap " + wrap.version + "; whether calls go past it was not examined: " + wrap.problem + ".";
  }
  std::string text = report.path + " is wrapped";
  if (wrap.untold_calls > 0) {
    text += ", as far as a stripped static program tells: " + counted(wrap.untold_calls, "call") +
            " of wrapped functions cannot be told apart from libc's own";
  } else {
    text += ": every call in it goes to lockwrap " + wrap.version;
  }
  if (report.facts.may_look_up) text += "; calls of what it finds with dlsym are not seen";
  if (!report.facts.outside.empty()) text += "; locks inside its shared libraries are not seen: " + joined(report.facts.outside);
  return text + ".";
}

std::vector<std::string> advice(const CheckReport &report) {
  const WrapCheck &wrap = report.wrap;
  const ProgramFacts &facts = report.facts;
  std::vector<std::string> lines;
  if (wrap.verdict == Verdict::kNot) {
    if (facts.link_kind != "shared library") lines.push_back("link it with lockwrap::lockwrap in CMake, or with @PREFIX/lib/lockwrap/link.rsp.");
    else lines.push_back("link its code into the executable as a static library, and check that.");
    return lines;
  }
  if (wrap.past_count > 0) {
    lines.push_back("a call goes past where the link had no --wrap option for the function (use all flags of lockwrap::lockwrap, link.rsp or pkg-config), or "
                    "where the object file or archive was prepared to go past (objcopy --redefine-sym NAME=__real_NAME; take the original). addr2line -e shows "
                    "the line of an address.");
  }
  if (!unresolved(wrap).empty()) lines.push_back("the program ends when it calls a function that is not there: link it again without options that allow undefined symbols (--unresolved-symbols, -z undefs).");
  if (wrap.verdict == Verdict::kNotExamined && facts.is_stripped && facts.architecture == "32-bit ARM") {
    lines.push_back("to have it examined, check the unstripped program, or give it or its debug file with --symbols.");
  }
  if (wrap.untold_calls > 0) lines.push_back("to tell them apart, check the unstripped program, or give it or its debug file with --symbols.");
  for (const std::string &library : facts.outside) {
    if (library.starts_with("libstdc++.so")) lines.push_back("link with -static-libstdc++: without it the waits of std::condition_variable and std::thread are not seen.");
  }
  if (!facts.unused_malloc.empty()) {
    lines.push_back(facts.unused_malloc + " is linked in, but malloc is libc's: name its archive before any other that has malloc.");
  }
  if (!facts.walks_by_unwind_tables) {
    // 32-bit ARM: no stacks.
  } else if (!facts.has_unwind_index && !facts.has_unwind_tables) {
    lines.push_back("without unwind tables stacks end early: compile with -fasynchronous-unwind-tables, and keep .eh_frame.");
  } else if (!facts.has_unwind_index) {
    lines.push_back("the index of the unwind tables is missing: link with --eh-frame-hdr, which is among lockwrap's flags.");
  }
  if (!wrap.archive_libc.empty() && !facts.libc.empty() && !wrap.archive_libc.starts_with(facts.libc)) {
    lines.push_back("lockwrap was built for " + wrap.archive_libc + ", and the program has " + facts.libc + ": build the archive with that libc's compiler.");
  }
  return lines;
}

}  // namespace lockwrap::cli
