// What the texts of all findings are made of: threads, locks, calls, stacks.
// Runs: when something was found.
#pragma once

#include "runtime/base/text.h"
#include "runtime/locks/thread_record.h"
#include "runtime/report/elf_symbols.h"
#include "runtime/stack/walk.h"

namespace lockwrap::report {

constexpr size_t kFramesShown = 24;  // of one stack

// The name of any thread of the process, as it is now, without an end; returns its length, 0 when the thread is gone or there is no /proc.
// Signal-safe, as all of these.
constexpr size_t kThreadNameBytes = 32;
size_t read_thread_name(uint32_t id, char (&name)[kThreadNameBytes]);
// NAME/ID, or ID when the name is not known.
void add_thread(base::Text& text, uint32_t id);
// `NAME`: its given name, or the variable, or where it was made, or its address.
void add_lock(base::Text& text, const ElfSymbols& symbols, uintptr_t lock, locks::LockKind kind);
// "WHAT FUNCTION [ADDRESS]" and the end of the line. The address is one of the executable's file.
void add_call(base::Text& text, const ElfSymbols& symbols, const char* what, uintptr_t site);
// The same of the call that took a lock; and with hold_stacks=1 its callers and how long ago that was, a line each after `indent`.
void add_hold(base::Text& text, const ElfSymbols& symbols, const char* what, const char* indent, const locks::ThreadRecord* holder, uintptr_t lock,
              uintptr_t site);
// The callers of the innermost frame, a line each, after `indent`.
void add_callers(base::Text& text, const ElfSymbols& symbols, const char* indent, const uintptr_t* frames, size_t count);
inline void add_callers(base::Text& text, const ElfSymbols& symbols, const char* indent, const stack::LastStack& stack) {
  add_callers(text, symbols, indent, stack.frames, stack.frame_count);
}

}  // namespace lockwrap::report
