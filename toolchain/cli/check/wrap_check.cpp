// Every use of a wrapped function in the program's code is looked at: it goes to the wrapper, or past it.
//
// In a dynamic program libc is elsewhere, so what goes past is the program's own. In a static one libc is inside, and calls the same
// functions by inner names: its calls are told apart by the names of the callers.
#include "check/wrap_check.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "names/function_name.h"
#include "check/libc_functions.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kNone = ~size_t{0};
// Symbols that are looked at around one function. A function has a few names; in a hostile file it may have all of them.
constexpr int kMostSteps = 64;

enum class Owner { kProgram, kLibc, kUntold };

class Checker {
 public:
  Checker(const ProgramFile &file, const LockwrapNote &note, const DynamicLinks &links, const ProgramFunctions &functions, MachineCode &code)
      : file_(file), note_(note), links_(links), functions_(functions), code_(code) {}

  WrapCheck run() {
    result_.is_linked = true;
    result_.version = note_.version;
    result_.archive_libc = note_.libc;
    result_.excluded = note_.excluded;
    result_.problem = code_.problem();
    for (size_t index = 0; index < note_.names.size(); ++index) add_function(index);
    if (result_.problem.empty() && links_.is_dynamic() && stub_sites_.empty()) {
      result_.problem = "it reaches libc by stubs of a kind that this command does not read";
      for (WrappedFunction &function : result_.functions) function.is_resolved = true;
    }
    if (result_.problem.empty()) {
      code_.each_use([this](const CodeUse &use) { look_at(use); });
      for (const FunctionImport &import : links_.imports()) look_at_import(import);
      settle_untold();
    }
    for (auto &[key, past] : past_) {
      result_.past_count += past.sites.size();
      result_.past.push_back(std::move(past));
    }
    std::stable_sort(result_.past.begin(), result_.past.end(),
                     [](const PastCall &left, const PastCall &right) { return left.sites.size() > right.sites.size(); });
    const bool is_resolved = std::all_of(result_.functions.begin(), result_.functions.end(), [](const auto &function) { return function.is_resolved; });
    result_.verdict = !result_.past.empty() || !result_.excluded.empty() || !is_resolved ? Verdict::kPartly
                      : result_.problem.empty()                                          ? Verdict::kWrapped
                                                                                         : Verdict::kNotExamined;
    return std::move(result_);
  }

 private:
  struct Untold {
    size_t index;
    CodeUse use;
  };

  void add_function(size_t index) {
    const WrappedName &name = note_.names[index];
    WrappedFunction function{name.family, name.name, name.is_inner};
    index_of_name_.emplace(name.name, index);
    if (result_.problem.empty()) {
      if (const auto wrapper = code_.jump_at(name.wrapper_jump)) wrappers_.emplace(*wrapper, index);
      function.is_resolved = resolve(index, code_.jump_at(name.real_jump));
    }
    result_.functions.push_back(std::move(function));
  }

  // Notes where the real function is, in the program or behind a stub; false when it is nowhere.
  bool resolve(size_t index, std::optional<uint64_t> target) {
    if (!target || !file_.is_code(*target)) return false;
    if (links_.is_dynamic()) {
      const std::optional<Stub> stub = code_.stub_at(*target);
      if (stub && !links_.import_in(stub->slot).empty()) {
        stub_sites_.emplace(stub->site, index);
        return links_.import_in(stub->slot) == note_.names[index].name;
      }
    }
    // A dynamic program has a stand-in, in lockwrap's own code, of what only libc calls.
    if (note_.has_code(*target)) return note_.names[index].is_inner;
    // --icf=all makes one function of all that only return 0, as some of libc's do, so a call of one is no proof.
    if (!links_.is_dynamic() && code_.is_tiny(*target)) return true;
    reals_.emplace(*target, index);  // functions that are one and the same in this libc go by the first name
    return true;
  }

  size_t index_of_import(std::string_view name) const {
    if (name.empty()) return kNone;
    const auto found = index_of_name_.find(name);
    return found == index_of_name_.end() || note_.names[found->second].is_inner ? kNone : found->second;
  }

  size_t real_at(uint64_t target) {
    if (const auto found = reals_.find(target); found != reals_.end()) return found->second;
    if (!links_.is_dynamic()) return kNone;
    const auto [known, is_new] = stubs_.try_emplace(target, kNone);
    if (is_new) {
      const std::optional<Stub> stub = code_.stub_at(target);
      if (stub) known->second = index_of_import(links_.import_in(stub->slot));
    }
    return known->second;
  }

  void look_at(const CodeUse &use) {
    if (note_.has_code(use.site)) return;
    uint64_t target = use.target;
    size_t real = kNone;
    if (use.kind == CodeUse::Kind::kSlot) {
      if (stub_sites_.contains(use.site)) return;
      real = index_of_import(links_.import_in(use.target));
      target = links_.word_in(use.target).value_or(0);
    }
    if (const auto wrapper = wrappers_.find(target); wrapper != wrappers_.end()) {
      if (use.kind != CodeUse::Kind::kAddress) ++result_.functions[wrapper->second].calls;
      if (is_never_called_by_glibc(note_.names[wrapper->second])) {
        if (const auto start = functions_.start_of(use.site)) uses_wrappers_.insert(*start);
      }
      return;
    }
    if (real == kNone && file_.is_code(target)) real = real_at(target);
    if (real != kNone) went_past(real, use);
  }

  void went_past(size_t index, const CodeUse &use) {
    switch (note_.names[index].is_inner ? Owner::kProgram : owner_of(use.site)) {
      case Owner::kProgram: add_past(index, use); break;
      case Owner::kLibc: ++result_.libc_calls; break;
      case Owner::kUntold:
        if (!code_.is_jump_over_stubs(use)) untold_.push_back({index, use});
        break;
    }
  }

  void add_past(size_t index, const CodeUse &use) {
    const FunctionSymbol *symbol = functions_.at(use.site);
    const std::optional<uint64_t> start = functions_.start_of(use.site);
    const bool takes_address = use.kind == CodeUse::Kind::kAddress;
    PastCall &past = past_[{start.value_or(use.site), index, takes_address}];
    if (symbol != nullptr && past.sites.empty()) {
      past.function = demangle(symbol->name);
      past.source_file = symbol->source_file;
    }
    past.start = start.value_or(use.site);
    past.called = note_.names[index].name;
    past.takes_address = takes_address;
    past.sites.push_back(use.site);
    ++result_.functions[index].past_calls;
  }

  // A word of the program's data that gets the real function's address.
  void look_at_import(const FunctionImport &import) {
    const size_t index = index_of_import(import.name);
    if (index == kNone || import.is_linkage || file_.is_code(import.slot)) return;
    PastCall &past = past_[{import.slot, index, true}];
    past.function = "(data)";
    past.start = import.slot;
    past.called = note_.names[index].name;
    past.takes_address = true;
    past.sites.push_back(import.slot);
    ++result_.functions[index].past_calls;
  }

  Owner owner_of(uint64_t site) const {
    if (links_.is_dynamic()) return Owner::kProgram;
    const std::optional<uint64_t> start = functions_.start_of(site);
    if (start && reals_.contains(*start)) return Owner::kLibc;
    const FunctionSymbol *symbol = functions_.at(site);
    if (symbol == nullptr) return Owner::kUntold;
    if (is_libc_start(symbol->start)) return Owner::kLibc;
    return is_between_libc_functions(symbol->start) ? Owner::kLibc : Owner::kProgram;
  }

  // By any of the names of the function that begins here.
  bool is_libc_start(uint64_t start) const {
    if (note_.has_code(start)) return false;
    const std::vector<FunctionSymbol> &all = functions_.functions();
    auto symbol = std::lower_bound(all.begin(), all.end(), start, [](const FunctionSymbol &entry, uint64_t wanted) { return entry.start < wanted; });
    for (int step = 0; step < kMostSteps && symbol != all.end() && symbol->start == start; ++step, ++symbol) {
      if (is_libc_function(symbol->name, symbol->source_file)) return true;
    }
    return false;
  }

  // Static functions of libc have any names; but those around them are libc's, too, because linkers keep an archive's members together.
  bool is_between_libc_functions(uint64_t start) const {
    constexpr int kNeighbours = 2;
    const std::vector<FunctionSymbol> &all = functions_.functions();
    const auto first = std::lower_bound(all.begin(), all.end(), start, [](const FunctionSymbol &entry, uint64_t wanted) { return entry.start < wanted; });
    uint64_t last_start = start;
    int count = 0;
    int steps = 0;
    for (auto before = first; before != all.begin() && count < kNeighbours && steps < kMostSteps; ++steps) {
      if ((--before)->start == last_start) continue;
      last_start = before->start;
      if (!is_libc_start(last_start)) return false;
      ++count;
    }
    if (count < kNeighbours) return false;
    last_start = start;
    count = 0;
    steps = 0;
    for (auto after = first; after != all.end() && count < kNeighbours && steps < kMostSteps; ++after, ++steps) {
      if (after->start == last_start) continue;
      last_start = after->start;
      if (!is_libc_start(last_start)) return false;
      ++count;
    }
    return count == kNeighbours;
  }

  // glibc's archive refers to its own lock functions by inner names only, which --wrap does not change; to _exit and exec by public ones.
  static bool is_never_called_by_glibc(const WrappedName &name) { return !name.is_inner && name.family != "process"; }

  // So a function that calls such a wrapper, too, is not glibc's. musl's archive has public names.
  void settle_untold() {
    const bool tells = note_.libc.starts_with("glibc");
    for (const Untold &untold : untold_) {
      const std::optional<uint64_t> start = functions_.start_of(untold.use.site);
      if (tells && start && uses_wrappers_.contains(*start)) add_past(untold.index, untold.use);
      else ++result_.untold_calls;
    }
  }

  const ProgramFile &file_;
  const LockwrapNote &note_;
  const DynamicLinks &links_;
  const ProgramFunctions &functions_;
  MachineCode &code_;
  WrapCheck result_;
  std::map<std::string_view, size_t> index_of_name_;
  std::unordered_map<uint64_t, size_t> wrappers_;    // by address
  std::unordered_map<uint64_t, size_t> reals_;       // by address, where the program has them itself
  std::unordered_map<uint64_t, size_t> stubs_;       // by address, kNone: not of a wrapped function
  std::unordered_map<uint64_t, size_t> stub_sites_;  // instructions of the linker's own
  std::unordered_set<uint64_t> uses_wrappers_;       // by where a function begins
  std::vector<Untold> untold_;
  std::map<std::tuple<uint64_t, size_t, bool>, PastCall> past_;
};

}  // namespace

WrapCheck check_wrap(const ProgramFile &file, const LockwrapNote *note, const DynamicLinks &links, const ProgramFunctions &functions,
                     MachineCode &code) {
  if (note == nullptr || links.is_shared_library()) return {};
  return Checker(file, *note, links, functions, code).run();
}

}  // namespace lockwrap::cli
