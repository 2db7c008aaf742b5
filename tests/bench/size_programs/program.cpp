// The same in C++.
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

namespace {

std::mutex lock;
std::shared_mutex prices_lock;
std::condition_variable ready;
std::map<std::string, int> requests;

void serve(std::ostream& stream) {
  std::unique_lock guard(lock);
  ready.wait(guard, [] { return !requests.empty(); });
  const std::shared_lock reader(prices_lock);
  for (const auto& [name, count] : requests) stream << name << ": " << count << "\n";
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::ofstream file;
  if (argument_count > 1) file.open(arguments[1]);
  std::thread thread([&] { serve(argument_count > 1 ? file : std::cout); });
  {
    const std::lock_guard guard(lock);
    requests[arguments[0]] = 1;
  }
  ready.notify_one();
  thread.join();
}
