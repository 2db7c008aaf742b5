// Runs all cases, each in a process of its own, and prints what they say: the transcript. Arguments: none, or sentences to run alone.
// Ends with 1 if a case hung or died: such a case shows nothing. CONFORMANCE_SECONDS: how long a case may take.
#include "cases.h"

namespace conformance {

namespace {

constexpr unsigned kMostSeconds = 60;  // a case is done in milliseconds; a busy machine may take its time
constexpr int kMostFailures = 5;       // then the rest would only take long
Case* first_case;
Case** last_link = &first_case;

#if !defined(__GLIBC__)
const char* strerrorname_np(int number) { return strerror(number); }
const char* sigabbrev_np(int number) { return strsignal(number); }
#endif

const char* error_name(long number) {
  const char* name = number > 0 ? strerrorname_np(static_cast<int>(number)) : nullptr;
  return name ? name : "";
}

// Writing is a cancellation point, and the calls that a case looks at may be none.
class NotCancelled {
 public:
  NotCancelled() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~NotCancelled() { pthread_setcancelstate(before_, nullptr); }
  NotCancelled(const NotCancelled&) = delete;
  NotCancelled& operator=(const NotCancelled&) = delete;

 private:
  int before_;
};

}  // namespace

Case::Case(const char* sentence_text, const Kind* kind_list, void (*body)(const Kind&))
    : sentence(sentence_text), kinds(kind_list), run(body), next(nullptr) {
  *last_link = this;
  last_link = &next;
}

void say(const char* what, long result) {
  const int number = errno;
  const NotCancelled quiet;
  printf("  %s = %ld %s", what, result, error_name(result));
  if (number != kErrnoBefore) printf(", errno %s", error_name(number));
  printf("\n");
  fflush(stdout);
}

void say_whether(const char* what, bool condition) {
  const NotCancelled quiet;
  printf("  %s: %s\n", what, condition ? "yes" : "no");
  fflush(stdout);
}

namespace {

constexpr int kNotForThisKind = 77;

}  // namespace

void not_for_this_kind() { _exit(kNotForThisKind); }

namespace {

enum class Outcome { kDone, kFailed, kNotForThisKind };

Outcome run_alone(const Case& one, const Kind& kind) {
  printf("%s%s%s\n", one.sentence, *kind.name ? ": " : "", kind.name);
  fflush(stdout);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    const char* seconds = getenv("CONFORMANCE_SECONDS");
    alarm(seconds ? static_cast<unsigned>(atoi(seconds)) : kMostSeconds);
    one.run(kind);
    fflush(stdout);
    exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Outcome::kDone;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotForThisKind) {
    printf("  not for this kind\n");
    return Outcome::kNotForThisKind;
  }
  if (WIFSIGNALED(status)) printf("  ended by %s\n", WTERMSIG(status) == SIGALRM ? "hanging" : sigabbrev_np(WTERMSIG(status)));
  else printf("  ended with %d\n", WEXITSTATUS(status));
  return Outcome::kFailed;
}

bool is_chosen(const Case& one, int count, char** sentences) {
  if (count == 1) return true;
  for (int i = 1; i < count; ++i) {
    if (strstr(one.sentence, sentences[i])) return true;
  }
  return false;
}

}  // namespace

}  // namespace conformance

int main(int argument_count, char** arguments) {
  using namespace conformance;
  int cases = 0, failures = 0;
  const Kind no_kind{"", 0, 0, 0, 0};
  const auto run = [&](const Case& one, const Kind& kind) {
    const Outcome outcome = run_alone(one, kind);
    if (outcome != Outcome::kNotForThisKind) ++cases;
    if (outcome == Outcome::kFailed) ++failures;
  };
  for (const Case* one = first_case; one && failures < kMostFailures; one = one->next) {
    if (!is_chosen(*one, argument_count, arguments)) continue;
    if (!one->kinds) run(*one, no_kind);
    for (const Kind* kind = one->kinds; kind && kind->name; ++kind) run(*one, *kind);
  }
  printf("%d cases, %d of them hung or died\n", cases, failures);
  return failures || !cases;
}
