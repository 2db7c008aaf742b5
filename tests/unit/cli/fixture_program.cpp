// A small program whose lock calls and variables the tests find again by address.
//
// It is linked with --wrap=pthread_mutex_lock and prints, for each call that the wrapper sees, the lock, the source line
// and the return addresses minus 1, leaf first; so the tests compare with what really ran, wherever it was loaded.
#include <link.h>
#include <pthread.h>

#include <cstdint>
#include <cstdio>
#include <mutex>

namespace {

const char *noted_name = "";
int noted_line = 0;
constexpr int kFrames = 6;

int print_mapping(dl_phdr_info *info, size_t, void *) {
  for (int index = 0; index < info->dlpi_phnum; ++index) {
    const ElfW(Phdr) &header = info->dlpi_phdr[index];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    const uintptr_t start = info->dlpi_addr + header.p_vaddr;
    printf("mapping 0x%lx 0x%lx 0x%lx\n", static_cast<unsigned long>(start),
           static_cast<unsigned long>(start + header.p_memsz), static_cast<unsigned long>(header.p_offset));
  }
  return 1;  // the program itself comes first
}

}  // namespace

extern "C" int __real_pthread_mutex_lock(pthread_mutex_t *mutex);

extern "C" int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex) {
  printf("call %s %d 0x%lx", noted_name, noted_line, reinterpret_cast<unsigned long>(mutex));
  void **frame = static_cast<void **>(__builtin_frame_address(0));
  for (int index = 0; index < kFrames && frame != nullptr; ++index) {
    printf(" 0x%lx", reinterpret_cast<unsigned long>(frame[1]) - 1);
    void **next = static_cast<void **>(frame[0]);
    if (next <= frame) break;
    frame = next;
  }
  printf("\n");
  return __real_pthread_mutex_lock(mutex);
}

#define NOTE(name) (noted_name = (name), noted_line = __LINE__ + 1)

std::mutex accounts;

struct Ledger {
  long entries[3] = {1, 2, 3};
  std::mutex guard;

  inline __attribute__((always_inline)) void append(long entry) {
    NOTE("append");
    const std::lock_guard<std::mutex> lock(guard);
    entries[0] += entry;
  }
  __attribute__((noinline)) void rebuild(int rounds);
};

Ledger ledger;

__attribute__((noinline)) void Ledger::rebuild(int rounds) {
  append(rounds);
  entries[1] = rounds;
  NOTE("rebuild");
  const std::lock_guard<std::mutex> lock(accounts);
  entries[2] += rounds;
}

__attribute__((noinline)) static int count_up() {
  static std::mutex counter_lock;
  static int counter = 0;
  NOTE("count_up");
  const std::unique_lock<std::mutex> lock(counter_lock);
  return ++counter;
}

struct Session {
  std::mutex lock;
  __attribute__((noinline)) Session() {
    NOTE("session");
    lock.lock();
    lock.unlock();
  }
};

int main(int argument_count, char **) {
  dl_iterate_phdr(print_mapping, nullptr);
  ledger.rebuild(argument_count);
  const Session *first = new Session;
  const Session *second = new Session;
  printf("heap 0x%lx 0x%lx\n", reinterpret_cast<unsigned long>(first), reinterpret_cast<unsigned long>(second));
  return count_up() == 1 ? 0 : 1;
}
