// faults address|undefined: a thread that holds a lock makes a mistake, which the sanitizer must tell with this thread's making: its own
// interceptors, of pthread_create and of malloc, are still called by lockwrap's.
#include <climits>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

namespace {
std::mutex lock;
volatile int number = INT_MAX;

void use_after_free() {
  char* volatile block = static_cast<char*>(malloc(10));
  free(block);
  const std::lock_guard<std::mutex> held(lock);
  static_cast<volatile char*>(block)[3] = 1;
}

void overflow() {
  const std::lock_guard<std::mutex> held(lock);
  number = number + 1;
}
}  // namespace

int main(int, char** arguments) { std::thread(strcmp(arguments[1], "address") == 0 ? use_after_free : overflow).join(); }
