#include "runtime/report/finding_parts.h"

#include "runtime/base/clock.h"
#include "runtime/base/files.h"
#include "runtime/base/own_memory.h"
#include "runtime/base/program.h"
#include "runtime/locks/hold_origin.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/report/code_name.h"

namespace lockwrap::report {

using base::Text;

namespace {

// Of the call that returns to `site`, as addr2line knows it.
uintptr_t address_in_file(uintptr_t site) {
  const base::Program& program = base::program;
  const bool is_in_executable = site > program.image_start && site <= program.image_end;
  return site - 1 - (is_in_executable ? program.bias : 0);
}

// Of a mutex without a record. Read by the kernel: a lock of an order that was seen before may be gone.
uintptr_t creation_in(uintptr_t lock) {
  pthread_mutex_t copy;
  if (!locks::inline_entries_allowed || !locks::kMutexHasWords) return 0;
  if (base::copy_own_memory(lock, &copy, sizeof copy) != base::Copied::kYes || !locks::mutex_is_usual(&copy)) return 0;
  return static_cast<uintptr_t>(*locks::mutex_creation(&copy));
}

}  // namespace

size_t read_thread_name(uint32_t id, char (&name)[kThreadNameBytes]) {
  base::TextOf<64> path;
  path.add("/proc/self/task/").add_number(id).add("/comm");
  const int file = base::open_file(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t size = file >= 0 ? base::read_file(file, name, sizeof name) : -1;
  if (file >= 0) base::close_file(file);
  return size > 1 ? static_cast<size_t>(size) - (name[size - 1] == '\n') : 0;
}

void add_thread(Text& text, uint32_t id) {
  char name[kThreadNameBytes];
  if (const size_t size = read_thread_name(id, name)) text.add(name, size).add("/");
  text.add_number(id);
}

// Its given name, or the variable, or where it was made, or its address.
void add_lock(Text& text, const ElfSymbols& symbols, uintptr_t lock, locks::LockKind kind) {
  const locks::LockRecord* record = locks::newest_record_at(lock);
  const uint32_t name = record ? record->name.load(std::memory_order_relaxed) : 0;
  text.add("`");
  const size_t start = text.length();
  if (name) text.add(locks::name_text(name));
  else add_variable_name(text, symbols, lock);
  if (text.length() == start) {
    text.add(locks::kind_name(kind));
    const uintptr_t created = record ? record->created : kind == locks::LockKind::kMutex ? creation_in(lock) : 0;
    if (tells_creator(symbols, created)) {
      text.add(" created in ");
      add_code_name(text, symbols, created);
    } else {
      text.add(" at ").add_hex(lock);
    }
  }
  text.add("`");
}

void add_call(Text& text, const ElfSymbols& symbols, const char* what, uintptr_t site) {
  text.add(what).add(" ");
  if (!site) {
    text.add("(place not known)\n");
    return;
  }
  add_code_name(text, symbols, site);
  text.add(" [").add_hex(address_in_file(site)).add("]\n");
}

void add_callers(Text& text, const ElfSymbols& symbols, const char* indent, const uintptr_t* frames, size_t count) {
  for (size_t i = 1; i < count && i < kFramesShown; ++i) {
    text.add(indent);
    add_call(text, symbols, "from", frames[i]);
  }
}

void add_hold(Text& text, const ElfSymbols& symbols, const char* what, const char* indent, const locks::ThreadRecord* holder, uintptr_t lock, uintptr_t site) {
  add_call(text, symbols, what, site);
  locks::HoldOrigin origin;
  if (!holder || !locks::find_origin(*holder, lock, site, origin)) return;
  add_callers(text, symbols, indent, origin.frames, origin.frame_count);
  text.add(indent).add_duration(base::monotonic_ns() - origin.since_ns.load(std::memory_order_relaxed)).add(" ago\n");
}

}  // namespace lockwrap::report
