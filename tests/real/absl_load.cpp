// Abseil: its own mutex with conditions, and jemalloc's locks below its containers.
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/blocking_counter.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>

#include <deque>

#include "load.h"

namespace {

class Queue {
 public:
  void push(std::string text) {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(+[](std::deque<std::string>* items) { return items->size() < 100; }, &items_));
    items_.push_back(std::move(text));
  }
  std::string pop() {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(+[](std::deque<std::string>* items) { return !items->empty(); }, &items_));
    std::string text = std::move(items_.front());
    items_.pop_front();
    return text;
  }

 private:
  absl::Mutex mutex_;
  std::deque<std::string> items_;
};

}  // namespace

int main(int argument_count, char** arguments) {
  const unsigned size = size_of_load(argument_count, arguments);
  Queue queue;
  absl::Mutex table_mutex;
  absl::flat_hash_map<std::string, uint64_t> table;
  absl::Notification begin;
  absl::BlockingCounter written(kThreads / 2);
  std::vector<std::thread> writers;
  for (unsigned thread = 0; thread < kThreads / 2; ++thread) {
    writers.emplace_back([&, thread] {
      begin.WaitForNotification();
      for (unsigned i = 0; i < size; ++i) queue.push(std::to_string(thread) + ":" + std::to_string(i));
      written.DecrementCount();
    });
  }
  begin.Notify();
  on_threads([&](unsigned) {
    for (unsigned i = 0; i < size / 2; ++i) {
      const std::string text = queue.pop();
      {
        const absl::MutexLock lock(&table_mutex);
        table[text] += hash_of(text);
      }
      const absl::ReaderMutexLock lock(&table_mutex);
      REQUIRE(table.contains(text));
    }
  });
  uint64_t left = uint64_t{kThreads / 2} * size - uint64_t{size / 2} * kThreads;
  for (; left; --left) table[queue.pop()] += 1;
  written.Wait();
  for (std::thread& writer : writers) writer.join();
  uint64_t sum = 0;
  for (const auto& [text, value] : table) sum += value;
  printf("%zu texts, sum %016llx\n", table.size(), static_cast<unsigned long long>(sum));
}
