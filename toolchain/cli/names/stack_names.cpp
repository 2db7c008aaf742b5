#include "names/stack_names.h"

#include <algorithm>

#include "names/function_name.h"
#include "names/lock_plumbing.h"
#include "names/thread_start.h"

namespace lockwrap::cli {
namespace {

constexpr char kClone[] = " [clone ";  // "f(int) [clone .cold]"

}  // namespace

const StackFrame *FramePool::keep(const std::string &short_function, const std::string &file, int64_t line) {
  const auto function_number = function_numbers_.try_emplace(short_function + "\n" + file, static_cast<uint32_t>(function_numbers_.size())).first->second;
  const auto [entry, is_new] = known_.try_emplace({function_number, line});
  if (is_new) {
    const std::string &function = keep_text(short_function);
    entry->second = &frames_.emplace_back(StackFrame{function, keep_text(file), line, static_cast<uint32_t>(frames_.size()), function_number, is_thread_start(function)});
  }
  return entry->second;
}

StackNames::OfAddress &StackNames::at(uint64_t address) {
  const auto next = static_cast<uint32_t>(known_.size());
  const uint32_t number = index_.find_or_add(mixed_hash(0, address), next, [&](uint32_t known) { return known_[known].address == address; });
  if (number != next) return known_[number];
  const Frames &named = source_.frames_at(address);
  known_.push_back({address, static_cast<uint32_t>(frames_.size()), static_cast<uint32_t>(named.size()), kNotKnown});
  for (const Frame &frame : named) {
    const auto [name, is_new] = short_names_.try_emplace(frame.function);
    if (is_new) name->second = short_function_name(frame.function);
    frames_.push_back(pool_.keep(name->second, frame.file, frame.line));
  }
  return known_.back();
}

size_t StackNames::plumbing_of(OfAddress &of_address) {
  if (of_address.plumbing == kNotKnown) {
    const Frames &named = source_.frames_at(of_address.address);
    const auto first = std::find_if_not(named.begin(), named.end(), [](const Frame &frame) { return is_lock_plumbing(frame.function); });
    of_address.plumbing = static_cast<uint32_t>(first - named.begin());
  }
  return of_address.plumbing;
}

// Of the machine's functions, with parameters; a part that the compiler has put elsewhere is the same function.
bool StackNames::is_same_function(uint64_t left, uint64_t right) {
  const std::string &one = source_.frames_at(left).back().function, &other = source_.frames_at(right).back().function;
  return std::string_view(one).substr(0, one.find(kClone)) == std::string_view(other).substr(0, other.find(kClone));
}

bool StackNames::is_plumbing(uint64_t address) {
  OfAddress &of_address = at(address);
  return plumbing_of(of_address) == of_address.count;
}

// On the holder side the stack is that of the release. Where the lock was taken is what counts: in the place of the innermost call if that is in the
// same function, else before it; without what carried the release.
void StackNames::find_addresses(const LockSample &sample) {
  addresses_.assign(sample.addresses.begin(), sample.addresses.end());
  if (addresses_.empty()) addresses_.push_back(sample.site);
  last_stripped_ = 0;
  const auto first = std::find_if(addresses_.begin(), addresses_.end(), [this](uint64_t address) { return !is_plumbing(address); });
  if (first == addresses_.end()) {
    addresses_.resize(1);  // a program that calls pthread in its own template of std::mutex
    if (sample.side == Side::kHolder && sample.site != 0) addresses_.front() = sample.site;
    return;
  }
  const bool is_of_release = sample.side == Side::kHolder && sample.site != 0 && addresses_.front() != sample.site;
  addresses_.erase(addresses_.begin(), first);
  if (!is_of_release || is_plumbing(sample.site)) return;
  if (is_same_function(addresses_.front(), sample.site)) {
    addresses_.front() = sample.site;
  } else {
    addresses_.insert(addresses_.begin(), sample.site);
    last_stripped_ = 1;
  }
}

bool StackNames::read_stack(size_t number, FrameList &into, size_t enough, From from) {
  find_addresses(profile_.samples[number]);
  size_t begin = 0;
  if (from == From::kOutermost) {
    size_t count = 0;
    for (begin = addresses_.size(); begin > 0 && count < enough; --begin) count += at(addresses_[begin - 1]).count;
  }
  into.clear();
  for (size_t index = begin; index < addresses_.size(); ++index) {
    if (from == From::kInnermost && into.size() >= enough) return false;
    OfAddress &of_address = at(addresses_[index]);
    const size_t plumbing = index <= last_stripped_ ? plumbing_of(of_address) : 0;
    const auto first = frames_.begin() + static_cast<std::ptrdiff_t>(of_address.first);
    into.insert(into.end(), first + static_cast<std::ptrdiff_t>(plumbing), first + static_cast<std::ptrdiff_t>(of_address.count));
  }
  if (into.empty()) into.push_back(frames_[at(addresses_.front()).first]);
  return begin == 0;
}

size_t StackNames::most_frames(size_t number) {
  const LockSample &sample = profile_.samples[number];
  size_t count = at(sample.site).count;
  for (const uint64_t address : sample.addresses) count += at(address).count;
  return count;
}

}  // namespace lockwrap::cli
