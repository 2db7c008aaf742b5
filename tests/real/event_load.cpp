// libevent: threads write records into one buffered connection, whose lock they contend for, and one loop reads them.
// A record is the result of work on BYTES bytes, by default none: then the threads do nothing but hand the lock around.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/thread.h>

#include "load.h"

namespace {

struct Record {
  uint32_t thread;
  uint32_t number;
};

uint64_t wanted;
uint64_t count;
uint64_t sum;

void read_records(bufferevent* connection, void* base) {
  evbuffer* input = bufferevent_get_input(connection);
  Record record;
  while (evbuffer_get_length(input) >= sizeof record) {
    REQUIRE(evbuffer_remove(input, &record, sizeof record) == sizeof record);
    sum += (record.thread + 1) * hash_of(std::to_string(record.number));
    if (++count == wanted) REQUIRE(event_base_loopexit(static_cast<event_base*>(base), nullptr) == 0);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  const unsigned size = size_of_load(argument_count, arguments);
  wanted = uint64_t{size} * kThreads;
  const std::string file(bytes_of_job(argument_count, arguments), 'x');
  REQUIRE(evthread_use_pthreads() == 0);
  event_base* base = event_base_new();
  bufferevent* pair[2];
  REQUIRE(base && bufferevent_pair_new(base, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS, pair) == 0);
  bufferevent_setcb(pair[1], read_records, nullptr, nullptr, base);
  REQUIRE(bufferevent_enable(pair[1], EV_READ) == 0 && bufferevent_enable(pair[0], EV_WRITE) == 0);
  std::thread writers([&] {
    on_threads([&](unsigned thread) {
      for (unsigned i = 0; i < size; ++i) {
        const Record record{thread, i + static_cast<uint32_t>(hash_of(file) >> 63)};
        REQUIRE(bufferevent_write(pair[0], &record, sizeof record) == 0);
      }
    });
  });
  REQUIRE(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY) == 0);
  writers.join();
  bufferevent_free(pair[0]);
  bufferevent_free(pair[1]);
  event_base_free(base);
  libevent_global_shutdown();
  printf("%llu records, sum %016llx\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(sum));
}
