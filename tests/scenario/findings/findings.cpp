// findings: a line for each program: CLASS.NAME, class, expected kind, what it is; separated by tabs.
// findings CLASS.NAME: runs that program. It ends with 0; with 3 if threads that must lock up came out.
#include "findings.h"

#include <sys/prctl.h>
#include <sys/stat.h>

namespace {

struct Kind {
  const char* group;
  const char* finding;
};
constexpr Kind kKinds[] = {{"actual", "deadlock"}, {"possible", "lock-order"},    {"stuck", "stuck"},
                           {"misuse", "misuse"},   {"call", "held-in-call"}, {"right", "silent"}};

const Case* running;

const Kind& kind_of(const Case& one) { return kKinds[static_cast<int>(one.expect)]; }

// Standard error, if it goes to a file, has the finding that is expected.
bool is_told() {
  struct stat status;
  if (fstat(STDERR_FILENO, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return false;
  const int file = open("/proc/self/fd/2", O_RDONLY | O_CLOEXEC);
  CHECK(file >= 0);
  static char text[65536];
  const ssize_t size = pread(file, text, sizeof text - 1, 0);
  close(file);
  text[size > 0 ? size : 0] = '\0';
  char wanted[64];
  snprintf(wanted, sizeof wanted, "lockwrap: %s: ", kind_of(*running).finding);
  return strstr(text, wanted) != nullptr;
}

}  // namespace

void in_turn(std::initializer_list<Work> works) {
  std::atomic<size_t> turn = 0;
  Meeting all_there(static_cast<int>(works.size()));
  std::vector<std::thread> threads;
  for (size_t number = 0; number < works.size(); ++number) {
    threads.emplace_back([&, number] {
      all_there.attend();
      while (turn != number) sched_yield();
      works.begin()[number]();
      ++turn;
      while (turn != works.size()) sched_yield();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void one_after_the_other(std::initializer_list<Work> works) {
  for (const Work& work : works) std::thread(work).join();
}

void together(std::initializer_list<Work> works, int copies) {
  std::vector<std::thread> threads;
  for (int copy = 0; copy < copies; ++copy) {
    for (const Work& work : works) threads.emplace_back(work);
  }
  for (std::thread& thread : threads) thread.join();
}

void lock_up(Work work) {
  new std::thread([work = std::move(work)] {  // neither joined nor detached: another one may join it
    work();
    fprintf(stderr, "%s: a thread that must lock up came out\n", running->name);
    _exit(3);
  });
}

void leave_behind(Work work) {
  std::atomic<bool> is_done = false;
  std::thread([&is_done, work = std::move(work)] {
    work();
    is_done = true;
    for (;;) pause();
  }).detach();
  while (!is_done) sched_yield();
}

void leave_hanging() {
  const char* seconds = getenv("LOCKWRAP_FINDINGS_SECONDS");
  printf("hanging\n");
  fflush(stdout);
  const auto start = now_ns();
  const auto end = start + static_cast<long long>((seconds ? atof(seconds) : 3.0) * 1e9);
  while (now_ns() < end && !is_told()) pass_ms(2);
  if (is_told()) {
    printf("told after %lld ms\n", (now_ns() - start) / 1'000'000);
    fflush(stdout);
    pass_ms(200);  // for whatever else may be told
  }
  _exit(0);
}

void lock_up_in_circle(std::vector<Party> parties) {
  Meeting all_hold(static_cast<int>(parties.size()));
  for (const Party& party : parties) {
    lock_up([&] {
      party.hold();
      all_hold.attend();
      party.want();
    });
  }
  all_hold.wait_for_all();
  leave_hanging();
}

void cannot_be_here(const char* reason) {
  printf("skipped: %s\n", reason);
  exit(77);
}

void in_child(const Work& work) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    work();
    fflush(stdout);
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argument_count, char** arguments) {
  for (const auto cases : {mutex_deadlocks(), other_deadlocks(), orders(), orders_of_modes(), silent_orders(), silent_tries(),
                           silent_waits(), silent_lives(), lock_ups(), misuses(), calls_with_locks(), mended()}) {
    for (const Case& one : cases) {
      char name[128];
      snprintf(name, sizeof name, "%s.%s", kind_of(one).group, one.name);
      if (argument_count < 2) {
        printf("%s\t%s\t%s\t%s\n", name, kind_of(one).group, kind_of(one).finding, one.what);
      } else if (!strcmp(name, arguments[1])) {
        running = &one;
        one.run();
        return 0;
      }
    }
  }
  return argument_count > 1 ? 2 : 0;
}
