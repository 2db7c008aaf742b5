#include "runtime/report/symbol_name.h"

#include <string.h>

namespace lockwrap::report {

namespace {

struct Part {
  const char* text;
  size_t length;
};

// <length><identifier>; false for anything else.
bool read_identifier(const char*& at, Part& part) {
  size_t length = 0;
  const char* start = at;
  while (*at >= '0' && *at <= '9' && length < 10000) length = length * 10 + static_cast<size_t>(*at++ - '0');
  if (at == start || length == 0 || strlen(at) < length) return false;
  part = {at, length};
  at += length;
  return true;
}

void add_part(base::Text& text, const Part& part) {
  constexpr char kAnonymous[] = "_GLOBAL__N_";
  if (part.length > sizeof kAnonymous - 1 && memcmp(part.text, kAnonymous, sizeof kAnonymous - 1) == 0) {
    text.add("(anonymous namespace)");
  } else {
    text.add(part.text, part.length);
  }
}

bool add_nested(base::Text& text, const char* at) {
  if (*at == 'K') ++at;
  base::TextOf<256> name;
  Part last{nullptr, 0};
  if (at[0] == 'S' && at[1] == 't') {
    name.add("std");
    last = {"std", 3};
    at += 2;
  }
  while (*at != 'E') {
    if (*at == 'L') ++at;  // internal linkage
    if (last.text) name.add("::");
    const bool is_constructor = at[0] == 'C' && at[1] >= '1' && at[1] <= '3';
    const bool is_destructor = at[0] == 'D' && at[1] >= '0' && at[1] <= '2';
    if (last.text && (is_constructor || is_destructor)) {
      if (is_destructor) name.add_char('~');
      add_part(name, last);
      at += 2;
      continue;
    }
    if (!read_identifier(at, last)) return false;
    add_part(name, last);
  }
  text.add(name.c_str());
  return !name.cut();
}

}  // namespace

void add_symbol_name(base::Text& text, const char* mangled) {
  const char* at = mangled;
  if (!base::begins_with(at, "_Z")) {
    text.add(mangled);
    return;
  }
  at += 2;
  if (*at == 'N') {
    if (add_nested(text, at + 1)) return;
  } else {
    if (*at == 'L') ++at;
    Part part;
    if (read_identifier(at, part) && *at != 'I') {
      add_part(text, part);
      return;
    }
  }
  text.add(mangled);
}

bool is_lock_plumbing(const char* mangled) {
  constexpr const char* kPrefixes[] = {"_ZNSt", "_ZNKSt", "_ZSt", "_ZZNSt", "__gthread", "__once_proxy", "__pthread_once", "pthread_", "lockwrap_",
                                       // The thin covers that widely used libraries put around pthread's functions.
                                       "_ZN5boost5mutex", "_ZN5boost11unique_lock", "_ZN7rocksdb4port", "_ZN7rocksdb17InstrumentedMutex",
                                       "_ZN7rocksdb19InstrumentedCondVar", "_ZN7leveldb4port", "uv_mutex_", "uv_rwlock_", "uv_cond_",
                                       "uv_sem_", "uv_barrier_", "uv_once", "CRYPTO_THREAD_", "pthreadMutex", "sqlite3_mutex_",
                                       "evthread_", "g_mutex_", "g_rw_lock_", "g_cond_", "gpr_mu_", "gpr_cv_", "apr_thread_"};
  constexpr const char* kParts[] = {"gthread_mutex", "gthread_recursive", "malloc_mutex_"};
  for (const char* part : kParts) {
    if (strstr(mangled, part)) return true;
  }
  // A member of a class that can be locked, by the C++ standard's requirements on lockable types.
  constexpr const char* kEnds[] = {"4lockEv", "11lock_sharedEv", "8try_lockEv", "15try_lock_sharedEv", "6unlockEv", "13unlock_sharedEv"};
  const size_t length = strlen(mangled);
  for (const char* end : kEnds) {
    const size_t end_length = strlen(end);
    if (base::begins_with(mangled, "_ZN") && length > end_length && strcmp(mangled + length - end_length, end) == 0) return true;
  }
  for (const char* prefix : kPrefixes) {
    if (base::begins_with(mangled, prefix)) return true;
  }
  return false;
}

}  // namespace lockwrap::report
