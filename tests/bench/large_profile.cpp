// large_profile OUT SAMPLES PROGRAM BUILD_ID START LIMIT OFFSET < FUNCTIONS: a profile as a merged one of a large service is: many locks, threads
// and stacks of 21 frames, a fifth of them distinct. FUNCTIONS are lines of `nm -S --defined-only`. Prints what the samples add up to:
// "waiters COUNT NANOSECONDS" and "holders COUNT NANOSECONDS".
//
// Field numbers as in pprof's profile.proto, written out: what is measured shall not be written by the command's own code.
#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <protozero/pbf_writer.hpp>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using protozero::pbf_writer;

constexpr size_t kDepth = 21, kRoots = 8, kLocks = 500, kPlacesOfLock = 6, kThreads = 64, kSamplesPerStack = 5, kCallsInFunction = 4;

// Always the same numbers: a profile is to be compared with that of another day.
uint64_t mixed(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

struct Symbol {
  uint64_t start, size;
};

class Strings {
 public:
  uint64_t operator()(const std::string &text) {
    const auto [entry, is_new] = indexes_.emplace(text, list.size());
    if (is_new) list.push_back(text);
    return entry->second;
  }
  std::vector<std::string> list;

 private:
  std::unordered_map<std::string, uint64_t> indexes_;
};

struct Program {
  std::vector<Symbol> functions, variables;

  explicit Program(std::istream &lines) {
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      Symbol symbol{};
      std::string kind;
      if (!(words >> std::hex >> symbol.start >> symbol.size >> kind) || symbol.size < kCallsInFunction) continue;
      if (kind == "t" || kind == "T") functions.push_back(symbol);
      if (kind == "b" || kind == "B" || kind == "d" || kind == "D") variables.push_back(symbol);
    }
  }

  // One of the calls in one of the functions.
  uint64_t call(uint64_t which) const {
    const Symbol &function = functions[mixed(which) % functions.size()];
    return function.start + function.size * (mixed(which + 1) % kCallsInFunction) / kCallsInFunction + 1;
  }
};

std::string value_type(Strings &strings, const char *type, const char *unit) {
  std::string bytes;
  pbf_writer out{bytes};
  out.add_uint64(1, strings(type));
  out.add_uint64(2, strings(unit));
  return bytes;
}

void add_text(pbf_writer &sample, uint64_t key, uint64_t text) {
  pbf_writer label{sample, 3};
  label.add_uint64(1, key);
  label.add_uint64(2, text);
}

void add_number(pbf_writer &sample, uint64_t key, uint64_t number, uint64_t unit) {
  pbf_writer label{sample, 3};
  label.add_uint64(1, key);
  label.add_uint64(3, number);
  if (unit != 0) label.add_uint64(4, unit);
}

struct Lock {
  uint64_t address = 0, waits = 0, wait_ns = 0, blamed_ns = 0, longest_ns = 0;
};

}  // namespace

int main(int count, char **arguments) {
  if (count != 8) return fprintf(stderr, "large_profile: seven arguments are needed; its first lines say which\n"), 2;
  const std::string path = arguments[1], file = arguments[3], build_id = arguments[4];
  const uint64_t samples = std::strtoull(arguments[2], nullptr, 0), start = std::strtoull(arguments[5], nullptr, 0),
                 limit = std::strtoull(arguments[6], nullptr, 0), offset = std::strtoull(arguments[7], nullptr, 0);
  const Program program(std::cin);
  if (program.functions.empty() || program.variables.empty()) return fprintf(stderr, "large_profile: no functions on the standard input\n"), 2;

  Strings strings;
  strings("");
  std::string bytes;
  pbf_writer out{bytes};
  out.add_message(1, value_type(strings, "contentions", "count"));
  out.add_message(1, value_type(strings, "delay", "nanoseconds"));

  std::vector<Lock> locks(kLocks);
  for (size_t lock = 0; lock < kLocks; ++lock) {  // every other one on the heap
    locks[lock].address = lock % 2 == 0 ? program.variables[mixed(lock) % program.variables.size()].start : 0x7f0000000000 + lock * 64;
  }
  const auto place_of = [&](size_t lock, uint64_t which) { return program.call(1'000'000 + lock * 1000 + which % kPlacesOfLock * 10); };
  std::unordered_map<uint64_t, uint64_t> location_ids;
  const auto location_of = [&](uint64_t address) { return location_ids.emplace(address, location_ids.size() + 1).first->second; };
  uint64_t waits = 0, wait_ns = 0, holds = 0, blamed_ns = 0;

  for (uint64_t index = 0; index < samples; ++index) {
    const bool is_holder = index % 2 == 1;
    const uint64_t stack = mixed(index / 2) % (samples / kSamplesPerStack + 1), lock_index = mixed(stack) % kLocks;
    const uint64_t number = 1 + mixed(index * 3) % 9, time_ns = 1000 + mixed(index * 5) % 1'000'000;
    const uint64_t waits_at = place_of(lock_index, stack), held_at = place_of(lock_index, stack / 7 + 3);
    std::vector<uint64_t> path_of_calls;  // outermost first: from each function there are four ways on
    uint64_t at = stack % kRoots;
    for (size_t depth = 1; depth < kDepth; ++depth) {
      path_of_calls.push_back(location_of(program.call(at)));
      const uint64_t way = mixed(stack * kDepth + depth) % 16;
      at = mixed(at * 7 + (way < 9 ? 0 : way < 13 ? 1 : way < 15 ? 2 : 3)) % 20'000;
    }
    path_of_calls.push_back(location_of(is_holder ? held_at : waits_at));
    pbf_writer sample{out, 2};
    sample.add_packed_uint64(1, path_of_calls.rbegin(), path_of_calls.rend());
    const uint64_t values[] = {number, time_ns};
    sample.add_packed_uint64(2, std::begin(values), std::end(values));
    Lock &lock = locks[lock_index];
    char default_name[32];
    snprintf(default_name, sizeof default_name, "mutex@0x%llx", static_cast<unsigned long long>(lock.address));
    add_text(sample, strings("side"), strings(is_holder ? "holder" : "waiter"));
    add_text(sample, strings("lock"), strings(default_name));
    add_text(sample, strings("lock_kind"), strings("mutex"));
    add_text(sample, strings("thread"), strings("worker-" + std::to_string(mixed(index) % kThreads)));
    add_number(sample, strings("lock_id"), lock_index + 1, 0);
    add_number(sample, strings("lock_address"), lock.address, strings("address"));
    add_number(sample, strings("site"), is_holder ? held_at : waits_at, strings("address"));
    if (is_holder) add_number(sample, strings("waiter_site"), waits_at, strings("address"));
    (is_holder ? holds : waits) += number;
    (is_holder ? blamed_ns : wait_ns) += time_ns;
    (is_holder ? lock.blamed_ns : lock.wait_ns) += time_ns;
    if (!is_holder) lock.waits += number, lock.longest_ns = std::max(lock.longest_ns, time_ns);
  }

  pbf_writer mapping{out, 3};
  const uint64_t numbers[] = {1, start, limit, offset, strings(file), strings(build_id)};
  for (uint32_t field = 1; field <= 6; ++field) mapping.add_uint64(field, numbers[field - 1]);
  mapping.commit();
  for (const auto &[address, id] : location_ids) {
    pbf_writer location{out, 4};
    location.add_uint64(1, id);
    location.add_uint64(2, 1);
    location.add_uint64(3, address);
  }
  std::vector<uint64_t> comments{strings("lockwrap process version=1 pid=17 sample_ns=100000 program=" + file)};
  for (size_t index = 0; index < kLocks; ++index) {
    const Lock &lock = locks[index];
    char line[400];
    snprintf(line, sizeof line,
             "lockwrap lock id=%zu kind=mutex address=0x%llx created=0x0 first_use=0x%llx contentions=%llu wait_ns=%llu max_wait_ns=%llu blamed_ns=%llu histogram=10:%llu",
             index + 1, static_cast<unsigned long long>(lock.address), static_cast<unsigned long long>(place_of(index, 0)),
             static_cast<unsigned long long>(lock.waits), static_cast<unsigned long long>(lock.wait_ns), static_cast<unsigned long long>(lock.longest_ns),
             static_cast<unsigned long long>(lock.blamed_ns), static_cast<unsigned long long>(lock.waits));
    comments.push_back(strings(line));
  }
  out.add_packed_uint64(13, comments.begin(), comments.end());
  out.add_uint64(10, 60'000'000'000);
  for (const std::string &text : strings.list) out.add_string(6, text);

  const gzFile packed = gzopen(path.c_str(), "wb6");
  if (packed == nullptr) return perror(path.c_str()), 1;
  for (size_t done = 0; done < bytes.size();) {
    const int written = gzwrite(packed, bytes.data() + done, static_cast<unsigned>(std::min<size_t>(bytes.size() - done, 1 << 20)));
    if (written <= 0) return fprintf(stderr, "large_profile: %s cannot be written\n", path.c_str()), 1;
    done += static_cast<size_t>(written);
  }
  if (gzclose(packed) != Z_OK) return fprintf(stderr, "large_profile: %s cannot be written\n", path.c_str()), 1;
  printf("waiters %llu %llu\nholders %llu %llu\n", static_cast<unsigned long long>(waits), static_cast<unsigned long long>(wait_ns),
         static_cast<unsigned long long>(holds), static_cast<unsigned long long>(blamed_ns));
}
