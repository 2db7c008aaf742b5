// address_reuse: a request object with a std::mutex in it is made at the same address again and again; neither its constructor
// nor its destructor calls pthread. The same with pthread_mutex_init and destroy.
#include <new>

#include "scenario.h"

struct Request {
  std::mutex lock;
  NOINLINE void answer() {
    const std::lock_guard guard(lock);
    asm volatile("");
  }
};

struct Session {
  pthread_mutex_t mutex;
  void lock() { pthread_mutex_lock(&mutex); }
  void unlock() { pthread_mutex_unlock(&mutex); }
};

NOINLINE static void make_session(Session& session) { CHECK(pthread_mutex_init(&session.mutex, nullptr) == 0); }

int main() {
  alignas(Request) static unsigned char memory[sizeof(Request)];
  static Session session;
  for (int i = 0; i < 300; ++i) {
    auto* request = new (memory) Request;
    make_wait(request->lock, 0, [&] { request->answer(); });
    request->~Request();

    make_session(session);
    make_wait(session, 0);
    CHECK(pthread_mutex_destroy(&session.mutex) == 0);
  }
}
