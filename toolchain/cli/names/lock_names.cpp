// Names of variables are made first, since two of them may turn out to be equal.
#include "names/lock_names.h"

#include <set>

#include "base/long_work.h"
#include "names/function_name.h"
#include "names/lock_plumbing.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kFunctionColumns = 60;

struct Variable {
  std::string name;
  std::string source_file;
  uint64_t start = 0;
};

std::map<uint64_t, Variable> variables_of(const LockProfile &profile, Symbolizer &symbolizer) {
  std::map<uint64_t, Variable> variables;
  for (const auto &[id, lock] : profile.locks) {
    uint64_t offset = 0;
    const ElfSymbol *symbol = lock.address == 0 ? nullptr : symbolizer.variable_at(lock.address, offset);
    if (symbol == nullptr) continue;
    std::string name = demangle(symbol->name);
    if (offset != 0) name += "+" + address_text(offset);
    variables[id] = {name, symbol->source_file, symbol->start};
  }
  return variables;
}

// C programs have many a `static pthread_mutex_t lock`.
void tell_apart(std::map<uint64_t, Variable> &variables) {
  std::map<std::string, std::set<uint64_t>> starts;
  for (const auto &[id, variable] : variables) starts[variable.name].insert(variable.start);
  std::map<std::string, std::set<uint64_t>> starts_in_files;
  for (auto &[id, variable] : variables) {
    if (starts[variable.name].size() < 2) continue;
    if (!variable.source_file.empty()) variable.name += " (" + variable.source_file + ")";
    starts_in_files[variable.name].insert(variable.start);
  }
  for (auto &[id, variable] : variables) {
    if (starts_in_files[variable.name].size() > 1) variable.name += " at " + address_text(variable.start);
  }
}

std::string default_name(const LockRecord &lock) {
  return (lock.kind.empty() ? "lock" : lock.kind) + "@" + address_text(lock.address);
}

std::string name_by_origin(const LockRecord &lock, LockPlaces &places) {
  const std::string kind = lock.kind.empty() ? "lock" : lock.kind;
  if (lock.created != 0) {
    // A function that initialises everybody's locks (jemalloc's malloc_mutex_init) says nothing of this one.
    const Place created = places.of_address(lock.id, lock.created);
    if (lock.first_use == 0 || !is_lock_plumbing(created.function)) {
      return kind + " created in " + short_place(created, kFunctionColumns);
    }
  }
  if (lock.first_use == 0) return default_name(lock);
  return kind + " first used in " + short_place(places.of_address(lock.id, lock.first_use), kFunctionColumns);
}

}  // namespace

std::string lock_identity(const std::string &name) {
  const bool has_line = name.find(" created in ") != std::string::npos || name.find(" first used in ") != std::string::npos;
  const size_t colon = name.rfind(':');
  if (!has_line || colon == std::string::npos || name.find_first_not_of("0123456789", colon + 1) != std::string::npos) return name;
  return name.substr(0, colon);
}

bool is_default_label(const LockRecord &lock) {
  return lock.label.empty() || lock.label.rfind((lock.kind.empty() ? "lock" : lock.kind) + "@0x", 0) == 0;
}

std::map<uint64_t, std::string> name_locks(const LockProfile &profile, LockPlaces &places, Symbolizer *symbolizer) {
  LongWork work("named", profile.locks.size(), " locks");
  std::map<uint64_t, Variable> variables;
  if (symbolizer != nullptr) variables = variables_of(profile, *symbolizer);
  tell_apart(variables);
  std::map<uint64_t, std::string> names;
  for (const auto &[id, lock] : profile.locks) {
    work.step();
    std::string &name = names[id];
    if (!lock.given_name.empty()) name = lock.given_name;
    else if (variables.contains(id)) name = variables[id].name;
    else if (!is_default_label(lock)) name = lock.label;
    else name = name_by_origin(lock, places);
  }
  return names;
}

}  // namespace lockwrap::cli
