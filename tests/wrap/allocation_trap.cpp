// The program's own malloc ends it when lockwrap is among the callers: every call on the stack is looked up in the program's symbol
// table. Contended locks, new threads, names, profiles, reports and a finding run over it. With an argument it proves the trap: a
// signal handler allocates while a report is written.
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unwind.h>

#include <string>

#include "test_support.h"

namespace {

struct Range {
  uintptr_t begin;
  uintptr_t end;
};
Range code[2048];  // of lockwrap's functions, known by their names
size_t code_count;

bool is_lockwrap(uintptr_t address) {
  for (size_t i = 0; i < code_count; ++i) {
    if (address >= code[i].begin && address < code[i].end) return true;
  }
  return false;
}

// Runs before main, because libc allocates before its unwinder works.
__attribute__((constructor(101))) void find_code() {
  const int file = open("/proc/self/exe", O_RDONLY);
  struct stat status;
  CHECK(file >= 0 && fstat(file, &status) == 0);
  void* mapping = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  CHECK(mapping != MAP_FAILED);
  const auto* bytes = static_cast<const char*>(mapping);
  const auto* header = reinterpret_cast<const ElfW(Ehdr)*>(bytes);
  const auto* sections = reinterpret_cast<const ElfW(Shdr)*>(bytes + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const char* names = bytes + sections[sections[i].sh_link].sh_offset;
    const auto* symbols = reinterpret_cast<const ElfW(Sym)*>(bytes + sections[i].sh_offset);
    for (size_t k = 0; k < sections[i].sh_size / sizeof(ElfW(Sym)); ++k) {
      const char* name = names + symbols[k].st_name;
      const bool is_ours = !strncmp(name, "__wrap_", 7) || !strncmp(name, "lockwrap_", 9) || strstr(name, "8lockwrap");
      if (ELF64_ST_TYPE(symbols[k].st_info) != STT_FUNC || !is_ours) continue;
      if (!strcmp(name, "__wrap_pthread_create")) continue;  // libc's own function allocates, below this one
      CHECK(code_count < sizeof code / sizeof code[0]);
      code[code_count++] = {symbols[k].st_value, symbols[k].st_value + symbols[k].st_size};
    }
  }
  CHECK(code_count > 100);
  munmap(mapping, static_cast<size_t>(status.st_size));
  close(file);
}

std::atomic<long> allocations;
char pool[16 << 20];
std::atomic<size_t> pool_used;

_Unwind_Reason_Code end_in_lockwrap(_Unwind_Context* context, void*) {
  if (!is_lockwrap(_Unwind_GetIP(context) - 1)) return _URC_NO_REASON;
  const char text[] = "an allocation inside lockwrap\n";
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) abort();
  syscall(SYS_exit_group, 70);
  return _URC_END_OF_STACK;
}

__attribute__((noinline)) void* allocate(size_t size) {
  static thread_local bool looking;  // the walk may allocate
  if (code_count && !looking) {
    looking = true;
    _Unwind_Backtrace(end_in_lockwrap, nullptr);
    looking = false;
  }
  ++allocations;
  size = (size + 31) & ~size_t{15};
  const size_t start = pool_used.fetch_add(size);
  if (start + size > sizeof pool) abort();
  *reinterpret_cast<size_t*>(pool + start) = size - 16;
  return pool + start + 16;
}

pthread_mutex_t trapped_lock = PTHREAD_MUTEX_INITIALIZER;
std::atomic<pid_t> id;

void* contend(void*) {
  id = thread_id();
  CHECK(pthread_mutex_lock(&trapped_lock) == 0);
  CHECK(pthread_mutex_unlock(&trapped_lock) == 0);
  return nullptr;
}

int full_pipe[2];

void* report_to_full_pipe(void*) {
  id = thread_id();
  lockwrap_write_report(full_pipe[1]);
  return nullptr;
}

void prove_the_trap() {
  CHECK(signal(SIGUSR1, [](int) { free(malloc(1)); }) != SIG_ERR);
  CHECK(pipe(full_pipe) == 0);
  const int size = fcntl(full_pipe[1], F_SETPIPE_SZ, 4096);
  CHECK(size > 0);
  static char filling[65536];
  CHECK(write(full_pipe[1], filling, static_cast<size_t>(size)) == size);
  const pthread_t thread = start(report_to_full_pipe);
  wait_until_asleep(id);
  CHECK(pthread_kill(thread, SIGUSR1) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
}

}  // namespace

extern "C" {
void* malloc(size_t size) { return allocate(size); }
void free(void*) {}
void* calloc(size_t count, size_t size) { return allocate(count * size); }
void* realloc(void* old, size_t size) {
  void* fresh = allocate(size);
  if (old) {
    const size_t old_size = reinterpret_cast<size_t*>(old)[-2];
    memcpy(fresh, old, old_size < size ? old_size : size);
  }
  return fresh;
}
void* memalign(size_t, size_t size) { return allocate(size); }
void* aligned_alloc(size_t, size_t size) { return allocate(size); }
int posix_memalign(void** result, size_t, size_t size) { return *result = allocate(size), 0; }
}

int main(int argument_count, char**) {
  if (argument_count > 1) prove_the_trap();
  for (int i = 0; i < 50; ++i) {
    CHECK(pthread_mutex_lock(&trapped_lock) == 0);
    id = 0;
    const pthread_t thread = start(contend);
    wait_until_asleep(id);
    CHECK(pthread_mutex_unlock(&trapped_lock) == 0);
    CHECK(pthread_join(thread, nullptr) == 0);
    CHECK(lockwrap_name_lock(&trapped_lock, ("trapped_lock" + std::to_string(i)).c_str()) == 0);
    CHECK(lockwrap_write_profile("/dev/null") == 0);
    const int null = open("/dev/null", O_WRONLY);
    CHECK(lockwrap_write_report(null) == 0);
    close(null);
  }
  pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER;
  CHECK(pthread_mutex_unlock(&free_lock) == 0);  // a misuse, which is told
  CHECK(allocations > 0);
}
