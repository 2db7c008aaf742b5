// A case: a few calls whose results it says, line by line. The same source runs plain and wrapped, and must say the same.
//
// Each case runs in a process of its own, so that it may leave locks held, threads asleep and handlers installed. Say results,
// never times or addresses; and only one thread at a time, so that their order is certain.
#pragma once

#include <initializer_list>

#include "libc_differences.h"
#include "test_support.h"

namespace conformance {

struct Kind {
  const char* name;
  int type;
  int protocol;
  int robust;
  int shared;
};

// Registers itself. `kinds` null: run once. Else once for each kind of the list, which ends with a null name.
struct Case {
  Case(const char* sentence_text, const Kind* kind_list, void (*body)(const Kind&));
  const char* sentence;
  const Kind* kinds;
  void (*run)(const Kind&);
  Case* next;
};

// Says the result, by name if it is an error, and errno if the call has changed it: few functions may. SAY does it.
void say(const char* what, long result);
// Ends the case: it says nothing of this kind, and is not counted.
[[noreturn]] void not_for_this_kind();
void say_whether(const char* what, bool condition);

}  // namespace conformance

constexpr int kErrnoBefore = E2BIG;
#define SAY_AS(what, call) conformance::say(what, (errno = kErrnoBefore, static_cast<long>(call)))
#define SAY_WHETHER(what, condition) conformance::say_whether(what, condition)
#define SAY(call) SAY_AS(#call, call)

#define CONFORMANCE_JOIN(a, b) a##b
#define CONFORMANCE_NAME(a, b) CONFORMANCE_JOIN(a, b)
// CASE("function: sentence", kinds or nullptr) { body }, which sees `kind`.
#define CASE(sentence, kinds)                                                                                    \
  static void CONFORMANCE_NAME(case_, __LINE__)(const conformance::Kind& kind);                                  \
  static conformance::Case CONFORMANCE_NAME(registered_, __LINE__){sentence, kinds,                              \
                                                                   CONFORMANCE_NAME(case_, __LINE__)};           \
  static void CONFORMANCE_NAME(case_, __LINE__)([[maybe_unused]] const conformance::Kind& kind)
