// service: an order-matching service in one process. The main thread accepts requests, three workers serve them from
// a queue, and one thread writes a snapshot of the ledger about five times a second. Nine locks and jemalloc's own;
// fully static.
//
// Customers complain that orders hang now and then. What the report will show:
//   - the lock "ledger" is on top, by far. "request queue", "session table", "order book ...", "statistics" and
//     "activity log" are taken as often or more often, and nobody waits for them long;
//   - who waits: the workers, in Ledger::reserve() and Ledger::settle();
//   - who makes them wait: not another worker, but Ledger::write_snapshot() on the snapshot thread, for more than 90 %
//     of the time. It keeps the lock while it writes to the disk. The disk is modelled by a bounded sleep (ledger.cpp);
//     all other work is real.
//
// service [SECONDS]   default 3. Exit code 1 if money appeared or vanished.
#include "order_service.h"
#include "request_generator.h"
#include "request_queue.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr size_t kAccounts = 20'000;
constexpr int kWorkers = 3;
// About a third of what two processors can serve: with all of them busy, threads wait for a processor as much as for a
// lock.
constexpr int kRequestsEachMillisecond = 15;
constexpr std::chrono::milliseconds kSnapshotPause(150);

uint64_t serve_requests(RequestQueue &queue, OrderService &service) {
  uint64_t served = 0;
  while (const std::optional<std::string> request = queue.pop()) {
    service.serve(*request);
    ++served;
  }
  return served;
}

uint64_t write_snapshots(const std::atomic<bool> &stopping, OrderService &service) {
  uint64_t snapshots = 0;
  while (!stopping) {
    std::this_thread::sleep_for(kSnapshotPause);
    service.write_snapshot();
    ++snapshots;
  }
  return snapshots;
}

void accept_requests(std::chrono::seconds duration, RequestQueue &queue) {
  RequestGenerator customers(kAccounts, 1);
  auto next_burst = std::chrono::steady_clock::now();
  const auto end = next_burst + duration;
  while (next_burst < end) {
    for (int request = 0; request < kRequestsEachMillisecond; ++request) {
      queue.push(customers.next());
    }
    next_burst += std::chrono::milliseconds(1);
    std::this_thread::sleep_until(next_burst);
  }
}

}  // namespace

int main(int argument_count, char **arguments) {
  const int seconds = argument_count > 1 ? std::atoi(arguments[1]) : 3;
  RequestQueue queue;
  OrderService service(kAccounts);
  const int64_t cents_before = service.total_cents();

  std::atomic<bool> stopping = false;
  std::atomic<uint64_t> served = 0;
  std::atomic<uint64_t> snapshots = 0;
  std::vector<std::thread> workers;
  for (int number = 0; number < kWorkers; ++number) {
    workers.emplace_back([&] {
      pthread_setname_np(pthread_self(), "worker");
      served += serve_requests(queue, service);
    });
  }
  std::thread snapshot_writer([&] {
    pthread_setname_np(pthread_self(), "snapshot");
    snapshots = write_snapshots(stopping, service);
  });

  accept_requests(std::chrono::seconds(seconds), queue);
  queue.close();
  for (std::thread &worker : workers) {
    worker.join();
  }
  stopping = true;
  snapshot_writer.join();

  std::printf("service: %llu requests served, %llu snapshots written\n", static_cast<unsigned long long>(served),
              static_cast<unsigned long long>(snapshots));
  for (const auto &[outcome, count] : service.outcomes()) {
    std::printf("service: %llu %s\n", static_cast<unsigned long long>(count), outcome.c_str());
  }
  const bool conserved = service.total_cents() == cents_before;
  std::printf("service: money before and after trading is %s\n", conserved ? "the same" : "NOT THE SAME");
  return conserved ? 0 : 1;
}
