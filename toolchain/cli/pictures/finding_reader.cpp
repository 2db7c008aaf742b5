#include "pictures/finding_reader.h"

#include <charconv>
#include <optional>

#include "names/finding_lines.h"

namespace lockwrap::cli {
namespace {

bool starts_with(std::string_view text, std::string_view beginning) { return text.substr(0, beginning.size()) == beginning; }

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

// "thread w/1 locks `a`, which it has already. This ...": a deadlock that one thread tells of itself, before it waits for good.
void read_own_deadlock(std::string_view rest, Finding &finding) {
  struct Shape {
    std::string_view verb, follows, told_as, holder_is;
  };
  static constexpr Shape kShapes[] = {
      {" locks ", ", which it has already.", "waits for", ""},
      {" wants to write under ", ", which it has for reading.", "waits to write under", ""},
      {" waits for ", ", which thread ", "waits for", " had locked when it ended."},
      {" waits for ", ", which thread ", "waits for", " of the parent process had locked at the fork."},
  };
  if (!starts_with(rest, "thread ")) return;
  rest.remove_prefix(7);
  for (const Shape &shape : kShapes) {
    std::string_view behind = rest;
    const std::optional<std::string_view> thread = cut_before(behind, shape.verb);
    if (!thread) continue;
    FindingStep step;
    step.lock = cut_lock(behind, shape.follows);
    if (step.lock.empty()) continue;
    step.thread = *thread;
    step.verb = shape.told_as;
    step.other = *thread;
    behind.remove_prefix(shape.follows.size());
    if (!shape.holder_is.empty()) {
      const std::optional<std::string_view> holder = cut_before(behind, shape.holder_is);
      if (!holder) continue;
      step.other = *holder;
      step.other += starts_with(shape.holder_is, " of the parent") ? " of the parent process" : ", which has ended";
    }
    finding.steps.push_back(std::move(step));
    finding.is_of_one_thread = true;
    return;
  }
}

// Its further lines: "  locked in ...", "  waits in ...", "    from ...".
void read_own_line(std::string_view line, Finding &finding) {
  FindingStep &step = finding.steps.back();
  for (const std::string_view verb : {"  locked in ", "  locked for reading in "}) {
    if (starts_with(line, verb)) step.holder_place = line.substr(verb.size());
  }
  if (starts_with(line, "  waits in ")) step.place = line.substr(11);
  else if (starts_with(line, "    from ") && !step.place.empty()) step.callers.emplace_back(line.substr(9));
}

void read_line(std::string_view line, Finding &finding) {
  if (starts_with(line, "  to do: ")) {
    finding.advice = line.substr(9);
  } else if (starts_with(line, "  thread ")) {
    read_thread_line(line.substr(9), finding);
  }
  if (finding.is_of_one_thread) return read_own_line(line, finding);
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

// "deadlocks: 1 told when it happened, 50 more at the same places", of the report at the program's end. They are of the findings since the last
// such line.
class UntoldFindings {
 public:
  void read(std::string_view line, std::vector<Finding> &findings) {
    for (Kind &kind : kinds_) {
      const size_t at = line.find(kind.title);
      if (at == std::string_view::npos || (at > 0 && line[at - 1] != ' ' && line[at - 1] != '|')) continue;
      std::string_view rest = line.substr(at + kind.title.size());
      const std::optional<size_t> told = cut_number(rest, " told when it happened"), more = told ? cut_number(rest, " more at the same places") : told;
      if (!told) continue;
      std::vector<Finding *> mine;
      for (size_t index = kind.begin; index < findings.size(); ++index) {
        // What one thread tells of itself is counted as misuse.
        if (findings[index].kind == kind.kind && !findings[index].is_of_one_thread) mine.push_back(&findings[index]);
      }
      kind.begin = findings.size();
      if (more && mine.size() == *told) {
        for (Finding *finding : mine) finding->untold = {*more, mine.size()};
      }
      return;
    }
  }

 private:
  struct Kind {
    std::string_view kind, title;
    size_t begin = 0;
  };

  // "1 BEHIND", perhaps after ", "; what follows it stays.
  static std::optional<size_t> cut_number(std::string_view &text, std::string_view behind) {
    if (starts_with(text, ", ")) text.remove_prefix(2);
    size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const size_t digits = static_cast<size_t>(end - text.data());
    if (error != std::errc() || !starts_with(text.substr(digits), behind)) return std::nullopt;
    text.remove_prefix(digits + behind.size());
    return number;
  }

  Kind kinds_[2] = {{"lock-order", "lock orders that can become deadlocks: "}, {"deadlock", "deadlocks: "}};
};

}  // namespace

std::vector<Finding> read_findings(std::string_view text) {
  std::vector<Finding> findings;
  FindingLines lines;
  UntoldFindings untold;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const FindingLine part = lines.next(line);
    if (!part.is_in_finding) {
      untold.read(line, findings);
      continue;
    }
    if (!part.kind.empty()) {
      Finding &finding = findings.emplace_back();
      finding.kind = part.kind;
      finding.headline = part.text.substr(std::string_view("lockwrap: ").size() + part.kind.size() + 2);
      if (finding.kind == "deadlock") read_own_deadlock(finding.headline, finding);
    } else {
      read_line(part.text, findings.back());
    }
    findings.back().text.append(part.text).append("\n");
  }
  return findings;
}

}  // namespace lockwrap::cli
