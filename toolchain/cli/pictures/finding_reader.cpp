#include "pictures/finding_reader.h"

#include <optional>

namespace lockwrap::cli {
namespace {

constexpr std::string_view kProgram = "lockwrap: ";

bool starts_with(std::string_view text, std::string_view beginning) { return text.substr(0, beginning.size()) == beginning; }

// The kind of the finding that the line begins; "" for other lines.
std::string_view kind_of(std::string_view line) {
  for (const std::string_view kind : {"deadlock", "lock-order", "stuck", "misuse", "held-in-call"}) {
    if (starts_with(line, kProgram) && starts_with(line.substr(kProgram.size()), kind) &&
        starts_with(line.substr(kProgram.size() + kind.size()), ": ")) {
      return kind;
    }
  }
  return "";
}

// Cuts TEXT at the first DELIMITER: what is before it is returned, what is behind it stays. Without one nothing changes.
std::optional<std::string_view> cut_before(std::string_view &text, std::string_view delimiter) {
  const size_t at = text.find(delimiter);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + delimiter.size());
  return before;
}

// "`NAME`REST": a name may have a ` in it, so it ends where what must follow it begins.
std::string cut_lock(std::string_view &text, std::string_view follows) {
  const size_t end = follows.empty() ? text.rfind('`') : text.find("`" + std::string(follows));
  if (!starts_with(text, "`") || end == std::string_view::npos || end == 0) return "";
  const std::string name(text.substr(1, end - 1));
  text.remove_prefix(end + 1);
  return name;
}

// "waits for `ledger`, held by worker-7/12, since 104 ms", after the thread's name.
bool read_wait(std::string_view rest, FindingStep &step) {
  if (const size_t since = rest.rfind(", since "); since != std::string_view::npos) {
    step.since = rest.substr(since + 8);
    rest = rest.substr(0, since);
  }
  if (starts_with(rest, "waits for the end of ")) {
    step.verb = "waits for the end of";
    step.other = rest.substr(21);
    return true;
  }
  for (const std::string_view verb : {"waits for the initialiser of ", "waits to read under ", "waits to write under ", "waits for "}) {
    if (!starts_with(rest, verb)) continue;
    step.verb = verb.substr(0, verb.size() - 1);
    rest.remove_prefix(verb.size());
    for (const std::string_view relation : {", held by ", ", which is read by ", ", behind the writer ", ", which runs in "}) {
      std::string_view behind = rest;
      step.lock = cut_lock(behind, relation);
      if (step.lock.empty()) continue;
      step.other = behind.substr(relation.size());
      return true;
    }
    return false;
  }
  return false;
}

// "locked `B` while it had `A` for reading", after the thread's name.
bool read_order(std::string_view rest, FindingStep &step) {
  for (const std::string_view verb : {"locked for reading ", "locked for writing ", "locked "}) {
    if (!starts_with(rest, verb)) continue;
    step.verb = verb.substr(0, verb.size() - 1);
    rest.remove_prefix(verb.size());
    constexpr std::string_view kWhile = " while it had ";
    step.lock = cut_lock(rest, kWhile);
    if (step.lock.empty()) return false;
    rest.remove_prefix(kWhile.size());
    step.other = cut_lock(rest, "");
    return !step.other.empty();
  }
  return false;
}

void read_thread_line(std::string_view line, Finding &finding) {
  for (const std::string_view verb : {" waits ", " locked "}) {
    std::string_view rest = line;
    const std::optional<std::string_view> thread = cut_before(rest, verb);
    if (!thread) continue;
    FindingStep step;
    step.thread = *thread;
    const std::string whole = std::string(verb.substr(1)) + std::string(rest);
    if (verb == " waits " ? read_wait(whole, step) : read_order(whole, step)) finding.steps.push_back(std::move(step));
    return;
  }
}

void read_line(std::string_view line, Finding &finding) {
  if (starts_with(line, "  to do: ")) {
    finding.advice = line.substr(9);
  } else if (starts_with(line, "  thread ")) {
    read_thread_line(line.substr(9), finding);
  }
  if (finding.steps.empty() || !starts_with(line, "    ")) return;
  FindingStep &step = finding.steps.back();
  line = line.substr(4);
  if (starts_with(line, "waits in ")) {
    step.place = line.substr(9);
  } else if (starts_with(line, "then this in ")) {
    step.place = line.substr(13);
  } else if (starts_with(line, "had locked that in ")) {
    step.had_place = line.substr(19);
  } else if (starts_with(line, "holds `")) {
    std::string_view rest = line.substr(6);
    constexpr std::string_view kLocked = ", locked in ";
    HeldLock held;
    held.lock = cut_lock(rest, kLocked);
    if (!held.lock.empty()) held.place = rest.substr(kLocked.size());
    else held.lock = cut_lock(rest, "");
    if (!held.lock.empty()) step.holds.push_back(std::move(held));
  } else if (starts_with(line, "  from ") && !step.place.empty() && step.holds.empty()) {
    step.callers.emplace_back(line.substr(7));
  }
}

}  // namespace

std::vector<Finding> read_findings(std::string_view text) {
  std::vector<Finding> findings;
  bool is_inside = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view kind = kind_of(line);
    if (!kind.empty()) {
      findings.push_back({std::string(kind), std::string(line.substr(kProgram.size() + kind.size() + 2)), "", {}, ""});
      is_inside = true;
    } else if (is_inside && starts_with(line, "  ")) {
      read_line(line, findings.back());
    } else {
      is_inside = false;
    }
    if (is_inside) findings.back().text.append(line).append("\n");
  }
  return findings;
}

}  // namespace lockwrap::cli
