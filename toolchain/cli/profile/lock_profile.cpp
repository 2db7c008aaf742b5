// Comments give the locks and the process, samples give the places. A lock that only samples know (its comment was
// dropped) gets a record from their labels.
#include "profile/lock_profile.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string_view>
#include <unordered_map>

#include "profile/comment_line.h"
#include "profile/gzip_file.h"
#include "profile/id_table.h"
#include "profile/profile_reader.h"
#include "base/error.h"

namespace lockwrap::cli {
namespace {

// What the labels' keys mean, by their string: compared once, not for each sample.
constexpr std::string_view kKeys[] = {"side", "lock_id", "site", "waiter_site", "mode", "thread", "lock_address", "lock_kind", "lock"};
enum Key : uint8_t { kSide, kLockId, kSite, kWaiterSite, kMode, kThread, kLockAddress, kLockKind, kLock, kKeyCount };

std::vector<uint8_t> keys_of(const Profile &profile) {
  std::vector<uint8_t> keys;
  for (const std::string &text : profile.strings) keys.push_back(static_cast<uint8_t>(std::find(std::begin(kKeys), std::end(kKeys), text) - std::begin(kKeys)));
  return keys;
}

class Labels {
 public:
  Labels(const Profile &profile, const std::vector<uint8_t> &keys, const Sample &sample) : profile_(profile) {
    for (const Label &label : sample.labels) {
      const uint8_t key = keys[static_cast<size_t>(label.key)];
      if (key < kKeyCount && by_key_[key] == nullptr) by_key_[key] = &label;
    }
  }
  uint64_t number(Key key) const { return by_key_[key] == nullptr ? 0 : static_cast<uint64_t>(by_key_[key]->number); }
  int64_t text_index(Key key) const { return by_key_[key] == nullptr ? 0 : by_key_[key]->text; }
  const std::string &text(Key key) const { return profile_.text(text_index(key)); }

 private:
  const Profile &profile_;
  const Label *by_key_[kKeyCount] = {};
};

// Copies of the profile's strings, whose table may change.
class KeptTexts {
 public:
  KeptTexts(std::set<std::string> &texts, size_t count) : texts_(texts), by_index_(count) {}
  std::string_view of(const Profile &profile, int64_t index) {
    const std::string *&text = by_index_[static_cast<size_t>(index)];
    if (text == nullptr) text = &*texts_.insert(profile.text(index)).first;
    return *text;
  }

 private:
  std::set<std::string> &texts_;
  std::vector<const std::string *> by_index_;
};

// Each address once.
class NumberedAddresses {
 public:
  explicit NumberedAddresses(std::vector<uint64_t> &addresses) : addresses_(addresses) {}
  uint32_t number_of(uint64_t address) {
    const auto next = static_cast<uint32_t>(addresses_.size());
    const uint32_t number = known_.find_or_add(mixed_hash(seed_, address), next, [&](uint32_t known) { return addresses_[known] == address; });
    if (number == next) addresses_.push_back(address);
    return number;
  }

 private:
  std::vector<uint64_t> &addresses_;
  size_t seed_ = std::random_device()();  // no file can be made so that all have one hash
  HashIndex known_;
};

// In a large profile a stack is in many samples.
class EqualSamples {
 public:
  EqualSamples(std::vector<LockSample> &samples, StackPool &stacks, NumberedAddresses &addresses) : samples_(samples), stacks_(stacks), addresses_(addresses) {}

  // Gives back the index of the sample that this one has become, or was added to.
  uint32_t add(LockSample sample, Stack stack) {
    const size_t hash_of_stack = StackPool::hash_of(stack);
    size_t hash = hash_of_stack;
    for (const uint64_t number : {sample.lock_id, sample.site, sample.waiter_site, reinterpret_cast<uint64_t>(sample.mode.data()), static_cast<uint64_t>(sample.side)}) {
      hash = mixed_hash(hash, number);
    }
    const auto next = static_cast<uint32_t>(samples_.size());
    const uint32_t index = known_.find_or_add(hash, next, [&](uint32_t known) { return is_equal(samples_[known], sample) && std::ranges::equal(samples_[known].stack, stack); });
    if (index == next) {
      sample.stack = stacks_.keep(stack, hash_of_stack);
      sample.site_number = addresses_.number_of(sample.site);
      samples_.push_back(sample);
    } else {
      LockSample &sum = samples_[index];
      sum.contentions = add_saturated(sum.contentions, sample.contentions);
      sum.wait_ns = add_saturated(sum.wait_ns, sample.wait_ns);
    }
    return index;
  }

 private:
  static bool is_equal(const LockSample &left, const LockSample &right) {
    return left.lock_id == right.lock_id && left.site == right.site && left.waiter_site == right.waiter_site && left.side == right.side &&
           left.mode.data() == right.mode.data();  // texts are kept once
  }

  std::vector<LockSample> &samples_;
  StackPool &stacks_;
  NumberedAddresses &addresses_;
  HashIndex known_;
};

class SumsOfThreads {
 public:
  void add(int64_t name, const LockSample &sample) {
    ThreadSum &total = by_name_[name];
    int64_t &amount = sample.side == Side::kWaiter ? total.wait_ns : total.blamed_ns;
    amount = add_saturated(amount, sample.wait_ns);
  }
  std::map<std::string, ThreadSum> take(const Profile &profile) const {
    std::map<std::string, ThreadSum> totals;
    for (const auto &[name, total] : by_name_) {
      ThreadSum &sum = totals[profile.text(name)];
      sum.wait_ns = add_saturated(sum.wait_ns, total.wait_ns);
      sum.blamed_ns = add_saturated(sum.blamed_ns, total.blamed_ns);
    }
    return totals;
  }

 private:
  std::unordered_map<int64_t, ThreadSum> by_name_;  // by the index of the name
};

size_t index_of_type(const Profile &profile, const std::string &name, const std::string &path) {
  for (size_t index = 0; index < profile.sample_types.size(); ++index) {
    if (profile.text(profile.sample_types[index].type) == name) return index;
  }
  throw file_error(path, "is damaged (it has no sample type \"" + name + "\"); let the program write it again");
}

LockRecord record_of(const CommentLine &line) {
  LockRecord lock;
  lock.id = line.number("id");
  lock.kind = line.text("kind");
  lock.given_name = line.text("name");
  lock.address = line.number("address");
  lock.created = line.number("created");
  lock.first_use = line.number("first_use");
  lock.contentions = line.amount("contentions");
  lock.read_contentions = line.amount("read_contentions");
  lock.wait_ns = line.amount("wait_ns");
  lock.max_wait_ns = line.amount("max_wait_ns");
  lock.blamed_ns = line.amount("blamed_ns");
  lock.in_progress = line.amount("in_progress");
  lock.instances = std::max<int64_t>(line.amount("instances"), 1);
  lock.histogram = parse_histogram(line.text("histogram"));
  return lock;
}

HolderRecord holder_of(const CommentLine &line) {
  HolderRecord holder;
  holder.lock_id = line.number("lock");
  holder.site = line.number("site");
  holder.mode = line.text("mode");
  holder.times.histogram = parse_histogram(line.text("histogram"));
  holder.times.holds = line.amount("holds");
  holder.times.hold_ns = line.amount("hold_ns");
  holder.times.max_hold_ns = line.amount("max_hold_ns");
  holder.times.looked_ns = line.amount("looked_ns");
  holder.times.blocked_ns = line.amount("blocked_ns");
  return holder;
}

void read_comments(const Profile &profile, const std::string &path, LockProfile &locks) {
  bool is_lockwrap = false;
  for (const int64_t index : profile.comments) {
    const CommentLine line = parse_comment(profile.text(index));
    if (line.kind == "process" && !is_lockwrap) {
      is_lockwrap = true;
      const int64_t version = line.amount("version");
      if (version != kProfileFormatVersion) {
        throw file_error(path, "has profile format " + line.text("version") + ", but this lockwrap command reads format " +
                                   std::to_string(kProfileFormatVersion) + "; use the command of the lockwrap that the program is linked with");
      }
      locks.pid = line.amount("pid");
      locks.program = line.text("program");
      locks.sample_ns = line.amount("sample_ns");
      locks.files = std::max<int64_t>(line.amount("files"), 1);
      parse_range(line.text("image"), locks.image_start, locks.image_end);
    } else if (line.kind == "dropped") {
      for (const auto &[key, value] : line.values) {
        locks.dropped[key] = add_saturated(locks.dropped[key], line.amount(key));
      }
    } else if (line.kind == "lock") {
      LockRecord lock = record_of(line);
      locks.locks.emplace(lock.id, std::move(lock));
    } else if (line.kind == "holder") {
      locks.holders.push_back(holder_of(line));
    }
  }
  if (!is_lockwrap) {
    throw file_error(path, "is a pprof profile, but lockwrap did not write it; give the file named by LOCKWRAP_OPTIONS=profile_path=...");
  }
}

// Totals of locks without a comment, from their samples.
void complete_totals(LockProfile &locks) {
  std::unordered_map<uint64_t, LockRecord> sums;
  for (const LockSample &sample : locks.samples) {
    LockRecord &sum = sums[sample.lock_id];
    if (sample.side == Side::kHolder) {
      sum.blamed_ns = add_saturated(sum.blamed_ns, sample.wait_ns);
    } else {
      sum.wait_ns = add_saturated(sum.wait_ns, sample.wait_ns);
      sum.contentions = add_saturated(sum.contentions, sample.contentions);
    }
  }
  for (auto &[id, lock] : locks.locks) {
    const LockRecord &sum = sums[id];
    if (lock.contentions == 0 && lock.wait_ns == 0) {
      lock.contentions = sum.contentions;
      lock.wait_ns = sum.wait_ns;
    }
    if (lock.blamed_ns == 0) lock.blamed_ns = sum.blamed_ns;
  }
}

class LockReader : public SampleVisitor {
 public:
  explicit LockReader(const std::string &path) : path_(path) {}

  void start(const Profile &profile) override {
    locks_.duration_ns = profile.duration_ns;
    locks_.dropped = {{"samples", 0}, {"locks", 0}, {"stacks", 0}};
    read_comments(profile, path_, locks_);
    if (profile.samples.empty()) return;
    contentions_ = index_of_type(profile, "contentions", path_);
    delay_ = index_of_type(profile, "delay", path_);
    addresses_.emplace(locks_.addresses);
    numbers_.emplace(profile.locations.size());
    for (const Location &location : profile.locations) numbers_->add(location.id, addresses_->number_of(location.address));
    keys_ = keys_of(profile);
    locks_.texts = std::make_shared<std::set<std::string>>();
    texts_.emplace(*locks_.texts, profile.strings.size());
    locks_.stacks = std::make_shared<StackPool>();
    locks_.sample_of.reserve(profile.samples.size());
    samples_.emplace(locks_.samples, *locks_.stacks, *addresses_);
  }

  void see(const Profile &profile, const Sample &source) override {
    const Labels labels(profile, keys_, source);
    LockSample sample;
    sample.first = static_cast<uint32_t>(locks_.sample_of.size());
    sample.side = labels.text(kSide) == "holder" ? Side::kHolder : Side::kWaiter;
    sample.lock_id = labels.number(kLockId);
    sample.site = labels.number(kSite);
    sample.waiter_site = labels.number(kWaiterSite);
    sample.mode = texts_->of(profile, labels.text_index(kMode));
    sample.contentions = std::max<int64_t>(source.values[contentions_], 0);
    sample.wait_ns = std::max<int64_t>(source.values[delay_], 0);
    stack_.clear();
    for (const uint64_t id : source.location_ids) stack_.push_back(*numbers_->find(id));  // it is there: the reader has checked that
    const auto [entry, is_new] = locks_.locks.try_emplace(sample.lock_id);
    LockRecord &lock = entry->second;
    if (is_new) {
      lock.id = sample.lock_id;
      lock.address = labels.number(kLockAddress);
    }
    if (lock.kind.empty()) lock.kind = labels.text(kLockKind);
    if (lock.label.empty()) lock.label = labels.text(kLock);
    threads_.add(labels.text_index(kThread), sample);
    locks_.sample_of.push_back(samples_->add(sample, stack_));
  }

  LockProfile finish(const Profile &profile) {
    locks_.threads = threads_.take(profile);
    complete_totals(locks_);
    if (locks_.program.empty() && !profile.mappings.empty()) locks_.program = profile.text(profile.mappings.front().file_name);
    return std::move(locks_);
  }

 private:
  const std::string &path_;
  LockProfile locks_;
  size_t contentions_ = 0, delay_ = 0;  // indices of values
  std::optional<NumberedAddresses> addresses_;
  std::optional<IdTable<uint32_t>> numbers_;  // of addresses, by location
  std::vector<uint8_t> keys_;
  std::optional<KeptTexts> texts_;
  std::optional<EqualSamples> samples_;
  SumsOfThreads threads_;
  std::vector<uint32_t> stack_;
};

}  // namespace

ProfileAndLocks parse_profile_and_locks(std::string bytes, const std::string &path) {
  LockReader reader(path);
  ProfileAndLocks result{parse_profile(std::move(bytes), path, &reader), {}};
  result.locks = reader.finish(result.profile);
  return result;
}

ProfileAndLocks read_profile_and_locks(const std::string &path, RawSamples raw) {
  ProfileAndLocks result = parse_profile_and_locks(read_gzip_file(path), path);
  if (raw == RawSamples::kForgotten) result.profile.samples = SampleList();
  return result;
}

}  // namespace lockwrap::cli
