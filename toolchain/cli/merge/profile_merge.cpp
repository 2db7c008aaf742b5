#include "merge/profile_merge.h"

#include <algorithm>

#include "base/error.h"
#include "names/frame_source.h"
#include "names/lock_names.h"
#include "names/profile_binary.h"

namespace lockwrap::cli {
namespace {

std::string base_name(const std::string &path) { return path.substr(path.rfind('/') + 1); }

std::string build_key(const Profile &source) {
  const Mapping *mapping = executable_mapping(source);
  if (mapping == nullptr) return "none";
  const std::string &build_id = source.text(mapping->build_id);
  return build_id.empty() ? "file " + source.text(mapping->file_name) + " " + std::to_string(mapping->memory_limit - mapping->memory_start) : build_id;
}

void append(std::string &key, uint64_t number) { key.append(reinterpret_cast<const char *>(&number), sizeof number); }

bool has_timeline(const Profile &source) {
  return std::any_of(source.comments.begin(), source.comments.end(), [&](int64_t index) { return source.text(index).rfind("lockwrap timeline ", 0) == 0; });
}

}  // namespace

ProfileMerge::ProfileMerge(bool by_name) : by_name_(by_name), code_(result_) {
  text("");
  result_.sample_types = {{text("contentions"), text("count"), ""}, {text("delay"), text("nanoseconds"), ""}};
  result_.period_type = result_.sample_types.front();
  result_.has_period_type = true;
  result_.period = 1;
  result_.default_sample_type = text("delay");
  sums_.files = 0;
}

void ProfileMerge::check_build(const Profile &source, const std::string &path) {
  const Mapping *mapping = executable_mapping(source);
  const Build build{build_key(source), path, mapping != nullptr && mapping->has_functions};
  const auto known = std::find_if(builds_.begin(), builds_.end(), [&](const Build &other) { return other.key == build.key; });
  if (!by_name_) {
    for (const Build &other : builds_) {
      if (other.key == build.key || (other.is_named && build.is_named)) continue;
      throw file_error(path, "is of another build than " + other.first_path + ", and " + (build.is_named ? "the latter has" : "it has") +
                                 " no names to compare by; put them in with `lockwrap symbolize`, or take --by-name");
    }
  }
  if (known == builds_.end()) builds_.push_back(build);
  else known->is_named = known->is_named && build.is_named;
}

void ProfileMerge::add(const Profile &source, const LockProfile &locks, const std::string &path) {
  check_build(source, path);
  const Mapping *mapping = executable_mapping(source);
  const bool is_named = mapping != nullptr && mapping->has_functions;
  code_.begin_file(source, locks);

  if (files_ == 0) sums_.program = locks.program;
  if (base_name(locks.program) != base_name(sums_.program)) has_several_programs_ = true;
  sums_.pid = locks.pid;
  sums_.files = add_saturated(sums_.files, locks.files);
  sums_.duration_ns = add_saturated(sums_.duration_ns, locks.duration_ns);
  sums_.sample_ns = std::max(sums_.sample_ns, locks.sample_ns);
  if (files_ == 0) {
    sums_.image_start = locks.image_start;
    sums_.image_end = locks.image_end;
  }
  for (const auto &[what, count] : locks.dropped) sums_.dropped[what] = add_saturated(sums_.dropped[what], count);
  if (source.time_ns > 0 && (result_.time_ns == 0 || source.time_ns < result_.time_ns)) result_.time_ns = source.time_ns;
  if (has_timeline(source)) ++timelines_;
  ++files_;

  std::unordered_map<uint64_t, uint64_t> first_sites;  // of locks whose comment was dropped
  for (const LockSample &sample : locks.samples) first_sites.emplace(sample.lock_id, sample.site);
  std::unordered_map<uint64_t, size_t> indexes;
  for (const auto &[id, lock] : locks.locks) {
    const size_t index = lock_for(lock, first_sites[id], is_named);
    indexes[id] = index;
    add_lock(locks_[index], lock);
  }
  for (const LockSample &sample : locks.samples) {
    add_sample(sample, locks, source.samples[sample.first], source, indexes[sample.lock_id]);
  }
  for (const HolderRecord &holder : locks.holders) {
    const auto index = indexes.find(holder.lock_id);
    if (index != indexes.end()) holders_[{index->second, code_.address_of(holder.site), holder.mode}].add(holder.times);
  }
}

size_t ProfileMerge::lock_for(const LockRecord &lock, uint64_t first_site, bool is_named) {
  const uint64_t variable = code_.variable_of(lock.address);
  LockRecord record;
  record.kind = lock.kind;
  record.given_name = lock.given_name;
  record.address = variable;
  record.created = code_.address_of(lock.created);
  record.first_use = code_.address_of(lock.first_use != 0 ? lock.first_use : first_site);
  record.instances = 0;
  record.label = is_default_label(lock) ? "" : lock.label;

  std::vector<std::string> keys;
  if (!lock.given_name.empty()) {
    keys.push_back("name " + lock.given_name);
  } else {
    if (variable != 0) keys.push_back("variable " + address_text(variable));
    if (is_named && !record.label.empty()) keys.push_back("label " + record.label);
    if (keys.empty()) keys.push_back("site " + address_text(record.created) + " " + address_text(record.first_use));
  }
  size_t index = locks_.size();
  for (std::string &key : keys) {
    key = lock.kind + " " + key;
    const auto known = lock_indexes_.find(key);
    if (known != lock_indexes_.end()) index = std::min(index, known->second);
  }
  for (const std::string &key : keys) lock_indexes_.emplace(key, index);
  if (index == locks_.size()) {
    record.id = index + 1;
    locks_.push_back(std::move(record));
  } else if (locks_[index].label.empty()) {
    locks_[index].label = record.label;
  }
  return index;
}

void ProfileMerge::add_lock(LockRecord &sum, const LockRecord &lock) {
  sum.instances = add_saturated(sum.instances, lock.instances);
  sum.contentions = add_saturated(sum.contentions, lock.contentions);
  sum.read_contentions = add_saturated(sum.read_contentions, lock.read_contentions);
  sum.wait_ns = add_saturated(sum.wait_ns, lock.wait_ns);
  sum.max_wait_ns = std::max(sum.max_wait_ns, lock.max_wait_ns);
  sum.blamed_ns = add_saturated(sum.blamed_ns, lock.blamed_ns);
  sum.in_progress = add_saturated(sum.in_progress, lock.in_progress);
  for (const auto &[bucket, count] : lock.histogram) sum.histogram[bucket] = add_saturated(sum.histogram[bucket], count);
}

void ProfileMerge::add_sample(const LockSample &sample, const LockProfile &locks, const Sample &source, const Profile &profile, size_t lock) {
  MergedSample merged;
  merged.side = sample.side;
  merged.lock = lock;
  merged.mode = text(std::string(sample.mode));
  merged.site = code_.address_of(sample.site);
  merged.waiter_site = code_.address_of(sample.waiter_site);
  for (const uint32_t number : sample.stack) merged.locations.push_back(code_.location_of(locks.addresses[number]));

  std::string key;
  append(key, static_cast<uint64_t>(merged.side));
  append(key, merged.lock);
  append(key, static_cast<uint64_t>(merged.mode));
  append(key, merged.site);
  append(key, merged.waiter_site);
  for (const uint64_t location : merged.locations) append(key, location);
  const auto [entry, is_new] = sample_indexes_.emplace(std::move(key), samples_.size());
  if (is_new) {
    for (const Label &label : source.labels) {
      const std::string &name = profile.text(label.key);
      for (const char *kept : {"site_function", "site_line", "waiter_site_function", "waiter_site_line"}) {
        if (name == kept) merged.place_labels.push_back({text(name), text(profile.text(label.text)), 0, 0, ""});
      }
    }
    samples_.push_back(std::move(merged));
  }
  MergedSample &sum = samples_[entry->second];
  sum.contentions = add_saturated(sum.contentions, sample.contentions);
  sum.wait_ns = add_saturated(sum.wait_ns, sample.wait_ns);
}

Sample ProfileMerge::sample_of(const MergedSample &merged) {
  const LockRecord &lock = locks_[merged.lock];
  const std::string kind = lock.kind.empty() ? "lock" : lock.kind;
  const uint64_t origin = lock.address != 0 ? lock.address : lock.created != 0 ? lock.created : lock.first_use;
  const std::string name = !lock.given_name.empty() ? lock.given_name : !lock.label.empty() ? lock.label : kind + "@" + address_text(origin);
  Sample sample;
  sample.location_ids = merged.locations;
  sample.values = {merged.contentions, merged.wait_ns};
  const auto add_text = [&](const char *key, const std::string &value) { sample.labels.push_back({text(key), text(value), 0, 0, ""}); };
  const auto add_number = [&](const char *key, uint64_t number, const char *unit) {
    sample.labels.push_back({text(key), 0, static_cast<int64_t>(number), text(unit), ""});
  };
  add_text("side", merged.side == Side::kHolder ? "holder" : "waiter");
  add_text("lock", name);
  add_text("lock_kind", kind);
  if (merged.mode != 0) sample.labels.push_back({text("mode"), merged.mode, 0, 0, ""});
  add_number("lock_id", lock.id, "");
  add_number("lock_address", lock.address, "address");
  add_number("site", merged.site, "address");
  if (merged.side == Side::kHolder) add_number("waiter_site", merged.waiter_site, "address");
  sample.labels.insert(sample.labels.end(), merged.place_labels.begin(), merged.place_labels.end());
  return sample;
}

namespace {

std::string histogram_text(const Histogram &histogram) {
  std::string text = " histogram=";
  for (const auto &[bucket, count] : histogram) text += (text.back() == '=' ? "" : ",") + std::to_string(bucket) + ":" + std::to_string(count);
  return text;
}

}  // namespace

std::string ProfileMerge::comment_of(const HolderRecord &holder) const {
  std::string line = "lockwrap holder lock=" + std::to_string(holder.lock_id) + " site=" + address_text(holder.site);
  if (!holder.mode.empty()) line += " mode=" + holder.mode;
  const HoldTimes &times = holder.times;
  const std::pair<const char *, int64_t> amounts[] = {{"holds", times.holds}, {"hold_ns", times.hold_ns}, {"max_hold_ns", times.max_hold_ns}, {"looked_ns", times.looked_ns},
                                                      {"blocked_ns", times.blocked_ns}};
  for (const auto &[key, amount] : amounts) line += std::string(" ") + key + "=" + std::to_string(amount);
  return line + histogram_text(times.histogram);
}

std::string ProfileMerge::comment_of(const LockRecord &lock) const {
  std::string line = "lockwrap lock id=" + std::to_string(lock.id) + " kind=" + (lock.kind.empty() ? "lock" : lock.kind) +
                     " address=" + address_text(lock.address) + " created=" + address_text(lock.created) +
                     " first_use=" + address_text(lock.first_use) + " instances=" + std::to_string(lock.instances);
  const std::pair<const char *, int64_t> amounts[] = {{"contentions", lock.contentions}, {"wait_ns", lock.wait_ns},
                                                      {"max_wait_ns", lock.max_wait_ns}, {"blamed_ns", lock.blamed_ns},
                                                      {"read_contentions", lock.read_contentions}, {"in_progress", lock.in_progress}};
  for (const auto &[key, amount] : amounts) line += std::string(" ") + key + "=" + std::to_string(amount);
  line += histogram_text(lock.histogram);
  return lock.given_name.empty() ? line : line + " name=" + lock.given_name;
}

void ProfileMerge::write_comments() {
  const auto add = [&](const std::string &line) { result_.comments.push_back(text(line)); };
  std::string process = "lockwrap process version=" + std::to_string(kProfileFormatVersion) + " pid=" +
                        std::to_string(files_ == 1 ? sums_.pid : 0) + " sample_ns=" + std::to_string(sums_.sample_ns) +
                        " files=" + std::to_string(sums_.files);
  if (sums_.image_end != 0) process += " image=" + address_text(sums_.image_start) + "-" + address_text(sums_.image_end);
  add(process + " program=" + (has_several_programs_ ? "several programs" : sums_.program));
  std::string dropped = "lockwrap dropped";
  for (const auto &[what, count] : sums_.dropped) dropped += " " + what + "=" + std::to_string(count);
  add(dropped);
  for (const LockRecord &lock : locks_) add(comment_of(lock));
  for (const auto &[holder, times] : holders_) {
    const auto &[lock, site, mode] = holder;
    add(comment_of(HolderRecord{locks_[lock].id, site, mode, times}));
  }
}

Profile ProfileMerge::finish() {
  for (const MergedSample &merged : samples_) result_.samples.push_back(sample_of(merged));
  write_comments();
  result_.duration_ns = sums_.duration_ns;
  samples_.clear();
  holders_.clear();
  locks_.clear();
  return std::move(result_);
}

}  // namespace lockwrap::cli
