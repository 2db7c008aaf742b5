#include <mutex>
#include <string>
#include <vector>

#include "generated.h"

extern "C" int use_counter();
extern "C" int use_library();

static std::mutex names_lock;
static std::vector<std::string> names;

int main() {
  {
    std::lock_guard<std::mutex> held(names_lock);
    names.push_back(std::string(GENERATED * 100, 'x'));
  }
#ifdef USE_LIBRARY
  if (use_library() != 0) return 1;
#endif
  return use_counter();
}
