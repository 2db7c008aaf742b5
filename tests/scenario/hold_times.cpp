// hold_times: functions that sleep while they have their lock, one that works, one that reads. The report must say how long each held it while
// another thread waited, and who slept. Holds are measured from inside and from outside: theirs lies in between.
#include <shared_mutex>

#include "scenario.h"

static std::mutex asleep, slow, awake;
static std::shared_mutex table;
constexpr int kRounds = 15;

struct Bounds {
  const char* name;
  long long least_ns = 0, most_ns = 0;

  void add(long long begin_ns, long long waited_for_ns, long long about_to_end_ns) {
    least_ns += about_to_end_ns - waited_for_ns;
    most_ns += now_ns() - begin_ns;
  }
  void print() const { printf("%s_least_ns=%lld\n%s_most_ns=%lld\n", name, least_ns / kRounds, name, most_ns / kRounds); }
};

// The first waiter comes when it is held already.
NOINLINE static void sleep_inside(Bounds& bounds) {
  const long long begin_ns = now_ns();
  asleep.lock();
  const WaitingThread waiter([] { const std::lock_guard guard(asleep); });
  const long long waited_for_ns = now_ns();
  pass_ms(10);
  const long long about_to_end_ns = now_ns();
  asleep.unlock();
  bounds.add(begin_ns, waited_for_ns, about_to_end_ns);
}

NOINLINE static void read_inside(Bounds& bounds) {
  const long long begin_ns = now_ns();
  table.lock_shared();
  const WaitingThread waiter([] { const std::lock_guard guard(table); });
  const long long waited_for_ns = now_ns();
  pass_ms(5);
  const long long about_to_end_ns = now_ns();
  table.unlock_shared();
  bounds.add(begin_ns, waited_for_ns, about_to_end_ns);
}

static long long processor_ns() {
  timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
}

NOINLINE static void work_inside(std::atomic<int>& turn, Bounds& bounds) {
  const long long begin_ns = now_ns();
  awake.lock();
  const long long held_ns = now_ns(), ran_ns = processor_ns();
  while (processor_ns() - ran_ns < 5'000'000) {}
  const long long about_to_end_ns = now_ns();
  awake.unlock();
  if (turn++ == 0) bounds.add(begin_ns, held_ns, about_to_end_ns);
}

NOINLINE static void nap_inside(std::atomic<int>& turn, Bounds& bounds) {
  const long long begin_ns = now_ns();
  slow.lock();
  const long long held_ns = now_ns();
  for (int nap = 0; nap < 5; ++nap) pass_ms(1);
  const long long about_to_end_ns = now_ns();
  slow.unlock();
  if (turn++ == 0) bounds.add(begin_ns, held_ns, about_to_end_ns);
}

// Two that have waited themselves: the second one for the first one, so that the first one's hold counts from its beginning.
template <class Hold>
void let_two(std::mutex& mutex, Hold hold, Bounds& bounds) {
  std::atomic<int> turn = 0;
  mutex.lock();
  const WaitingThread first([&] { hold(turn, bounds); });
  const WaitingThread second([&] { hold(turn, bounds); });
  mutex.unlock();
}

int main() {
  Bounds sleeper{"sleeper"}, napper{"napper"}, worker{"worker"}, reader{"reader"};
  for (int round = 0; round < kRounds; ++round) {
    sleep_inside(sleeper);
    read_inside(reader);
    let_two(awake, work_inside, worker);
    let_two(slow, nap_inside, napper);
  }
  for (const Bounds* bounds : {&sleeper, &napper, &worker, &reader}) bounds->print();
}
