// Profiles made by hand, field by field with protozero: neither the runtime's writer nor the command's own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lockwrap::test {

struct NamedFrame {
  std::string function;
  std::string file;
  int64_t line;
};

struct SyntheticSample {
  std::string side = "waiter";
  uint64_t lock_id = 1;
  uint64_t site = 0;
  uint64_t waiter_site = 0;
  std::vector<uint64_t> addresses;
  int64_t contentions = 1;
  int64_t wait_ns = 0;
  std::string lock = "mutex@0x1000";
  uint64_t lock_address = 0x1000;
  std::string mode = "";
  std::string thread = "";
};

class SyntheticProfile {
 public:
  // With the process comment and, unless `mapping` is called, a mapping 1 at 0x1000-0x100000 of a program that is not there.
  explicit SyntheticProfile(const std::string &process = "lockwrap process version=1 pid=17 sample_ns=100000 program=/usr/bin/service");

  SyntheticProfile &comment(const std::string &text);
  SyntheticProfile &mapping(uint64_t start, uint64_t limit, uint64_t offset, const std::string &file, const std::string &build_id);
  SyntheticProfile &frames(uint64_t address, std::vector<NamedFrame> frames);  // makes the profile a symbolized one
  SyntheticProfile &sample(const SyntheticSample &sample);
  SyntheticProfile &duration(int64_t duration_ns);  // otherwise 12 s

  std::string bytes() const;
  void write(const std::string &path) const;

 private:
  int64_t duration_ns_ = 12'000'000'000;
  std::vector<std::string> comments_;
  std::vector<SyntheticSample> samples_;
  std::map<uint64_t, std::vector<NamedFrame>> frames_;
  uint64_t start_ = 0x1000, limit_ = 0x100000, offset_ = 0;
  std::string file_ = "/no/such/program", build_id_ = "00";
};

void write_file(const std::string &path, const std::string &content);
std::string read_file(const std::string &path);
std::string gzip(const std::string &bytes);

}  // namespace lockwrap::test
