// names: a static lock, a named one, one made by pthread_mutex_init, twenty that std::mutex members make: who is called what.
#include <memory>
#include <vector>

#include "scenario.h"

static std::mutex price_list;

struct Cache {
  std::mutex lock;
  NOINLINE void look_up() {
    const std::lock_guard guard(lock);
    asm volatile("");
  }
};

struct Queue {
  pthread_mutex_t mutex;
  void lock() { pthread_mutex_lock(&mutex); }
  void unlock() { pthread_mutex_unlock(&mutex); }
};

NOINLINE static std::unique_ptr<Queue> make_queue() {
  auto queue = std::make_unique<Queue>();
  CHECK(pthread_mutex_init(&queue->mutex, nullptr) == 0);
  return queue;
}

int main() {
  make_wait(price_list, 1);

  const auto sessions = std::make_unique<std::mutex>();
  CHECK(lockwrap_name_lock(sessions->native_handle(), "session table") == 0);
  make_wait(*sessions, 1);

  const auto queue = make_queue();
  make_wait(*queue, 1);

  std::vector<std::unique_ptr<Cache>> caches;
  for (int i = 0; i < 20; ++i) caches.push_back(std::make_unique<Cache>());
  for (const auto& cache : caches) make_wait(cache->lock, 1, [&] { cache->look_up(); });
}
