// What the loads share. A load is a real library under several threads; what it prints depends on nothing but its size, so that the
// plain and the wrapped program must print the same.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

constexpr unsigned kThreads = 4;

#define REQUIRE(condition) ((condition) ? (void)0 : fail(#condition, __FILE__, __LINE__))

[[noreturn]] inline void fail(const char* condition, const char* file, int line) {
  fprintf(stderr, "%s:%d: %s is false\n", file, line, condition);
  _exit(1);
}

// The size of the load, from the command line; and, where there are jobs, how many bytes each works on.
inline unsigned size_of_load(int argument_count, char** arguments) {
  const unsigned long size = argument_count >= 2 && argument_count <= 3 ? strtoul(arguments[1], nullptr, 10) : 0;
  if (size == 0 || size > 1'000'000) {
    fprintf(stderr, "usage: %s SIZE [BYTES], SIZE from 1 to 1000000\n", arguments[0]);
    exit(2);
  }
  return static_cast<unsigned>(size);
}
inline size_t bytes_of_job(int argument_count, char** arguments) { return argument_count == 3 ? strtoul(arguments[2], nullptr, 10) : 0; }

template <class Work>
void on_threads(Work work) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

// FNV-1a (Fowler, Noll, Vo). Sums of it do not depend on the order.
inline uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

class ScratchFolder {
 public:
  ScratchFolder() {
    char name[] = "/tmp/lockwrap_real_XXXXXX";
    REQUIRE(mkdtemp(name));
    path_ = name;
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string path(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};
