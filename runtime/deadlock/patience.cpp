#include "runtime/deadlock/patience.h"

#include <errno.h>
#include <string.h>

#include "runtime/base/files.h"
#include "runtime/base/text.h"

namespace lockwrap::deadlock {

namespace {

// The file NAME of a thread into `buffer`, as text. False: there is none.
bool read_task_file(uint32_t id, const char* name, char* buffer, size_t size) {
  base::TextOf<80> path;
  path.add("/proc/self/task/").add_number(id).add("/").add(name);
  const int file = base::open_file(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t length = base::read_file(file, buffer, size - 1);
  base::close_file(file);
  if (length <= 0) return false;
  buffer[length] = 0;
  return true;
}

uint64_t number_at(const char*& at) {
  uint64_t value = 0;
  while (*at == ' ') ++at;
  while (*at >= '0' && *at <= '9') value = value * 10 + static_cast<uint64_t>(*at++ - '0');
  return value;
}

}  // namespace

ThreadState state_of_thread(uint32_t id) {
  ThreadState state;
  const int saved_errno = errno;
  char text[256];
  if (read_task_file(id, "stat", text, sizeof text)) {
    const char* end_of_name = strrchr(text, ')');  // the name may hold anything
    if (end_of_name && end_of_name[1] == ' ') state.code = end_of_name[2];
  }
  if (read_task_file(id, "syscall", text, sizeof text) && *text >= '0' && *text <= '9') {
    const char* at = text;
    state.system_call = static_cast<long>(number_at(at));
  }
  if (read_task_file(id, "schedstat", text, sizeof text)) {
    const char* at = text;
    state.ran_ns = number_at(at);
    state.run_delay_ns = number_at(at);
    state.has_times = true;
  }
  errno = saved_errno;
  return state;
}

bool blocks_signal(uint32_t id, int number) {
  const int saved_errno = errno;
  char text[2048];
  const char* mask = read_task_file(id, "status", text, sizeof text) ? strstr(text, "\nSigBlk:\t") : nullptr;
  errno = saved_errno;
  if (!mask || strlen(mask) < sizeof "\nSigBlk:\t" - 1 + 16) return false;
  // 16 hexadecimal digits, the highest signals first.
  const char digit = mask[sizeof "\nSigBlk:\t" - 1 + 15 - (number - 1) / 4];
  const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
  return value >> ((number - 1) % 4) & 1;
}

// Since it was first seen as the holder it has waited for a processor more than two thirds of the time: a small quota, a crowded machine. A
// wait for a processor that still lasts is not in its run delay yet, so one that could run now is judged by how long it ran as well.
bool Patience::holder_starved(uint64_t now_ns) {
  const ThreadState state = state_of_thread(holder_);
  if (!state.has_times || !holder_then_.has_times) return false;
  const uint64_t third_ns = (now_ns - holder_seen_ns_) / 3;
  if (state.run_delay_ns - holder_then_.run_delay_ns > 2 * third_ns) return true;
  return state.code == 'R' && state.ran_ns - holder_then_.ran_ns < third_ns;
}

bool Patience::part_is_over(uint64_t now_ns, uint64_t planned_ns, uint32_t holder) {
  constexpr uint64_t kTolerableNs = 500'000'000;  // later than that, this thread has been stopped or starved itself
  const uint64_t passed_ns = now_ns - part_began_ns_;
  part_began_ns_ = now_ns;
  if (passed_ns <= planned_ns + kTolerableNs) waited_ns_ += passed_ns;
  if (holder != holder_) {
    holder_ = holder;
    holder_seen_ns_ = now_ns;
    holder_then_ = holder ? state_of_thread(holder) : ThreadState{};
  }
  if (!next_ns_ || waited_ns_ < next_ns_) return false;
  next_ns_ *= 2;
  return !holder_ || !holder_starved(now_ns);
}

uint64_t Patience::most_ns(uint64_t step_ns) const {
  constexpr uint64_t kLeastNs = 10'000'000;
  if (!next_ns_ || waited_ns_ + step_ns <= next_ns_) return step_ns;
  const uint64_t rest_ns = next_ns_ > waited_ns_ ? next_ns_ - waited_ns_ : 0;
  return rest_ns > kLeastNs ? rest_ns : kLeastNs;
}

}  // namespace lockwrap::deadlock
