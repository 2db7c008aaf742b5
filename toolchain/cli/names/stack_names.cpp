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

void StackNames::name_all() {
  std::unordered_map<std::string, std::string> short_names;  // by the whole name
  std::unordered_map<std::string, uint32_t> machine_functions;
  for (size_t number = of_address_.size(); number < profile_.addresses.size(); ++number) {
    const Frames &named = source_.frames_at(profile_.addresses[number]);
    const auto first_shown = std::find_if_not(named.begin(), named.end(), [](const Frame &frame) { return is_lock_plumbing(frame.function); });
    // With parameters. A part that the compiler has put elsewhere is the same function.
    const std::string &outermost = named.back().function;
    const auto machine_function = machine_functions.try_emplace(outermost.substr(0, outermost.find(kClone)), static_cast<uint32_t>(machine_functions.size())).first->second;
    of_address_.push_back({static_cast<uint32_t>(frames_.size()), static_cast<uint32_t>(named.size()), static_cast<uint32_t>(first_shown - named.begin()), machine_function});
    for (const Frame &frame : named) {
      const auto [name, is_new] = short_names.try_emplace(frame.function);
      if (is_new) name->second = short_function_name(frame.function);
      frames_.push_back(pool_.keep(name->second, frame.file, frame.line));
    }
  }
}

// On the holder side the stack is that of the release. Where the lock was taken is what counts: in the place of the innermost call if that is in the
// same function, else before it; without what carried the release.
StackNames::Calls StackNames::calls_of(const LockSample &sample) const {
  const Stack stack = sample.stack;
  if (stack.empty()) return {sample.site_number, {}, 0};
  const bool is_of_holder = sample.side == Side::kHolder && sample.site != 0;
  const auto first = static_cast<size_t>(std::ranges::find_if(stack, [this](uint32_t address) { return !is_plumbing(address); }) - stack.begin());
  if (first == stack.size()) return {is_of_holder ? sample.site_number : stack.front(), {}, 0};  // a program that calls pthread in its own template of std::mutex
  const Stack callers = stack.subspan(first + 1);
  if (!is_of_holder || stack.front() == sample.site_number || is_plumbing(sample.site_number)) return {stack[first], callers, 0};
  if (of_address_[stack[first]].machine_function == of_address_[sample.site_number].machine_function) return {sample.site_number, callers, 0};
  return {sample.site_number, stack.subspan(first), 1};
}

bool StackNames::read_stack(size_t number, FrameList &into, size_t enough, From from) {
  name_all();
  const Calls calls = calls_of(profile_.samples[number]);
  const auto call = [&](size_t index) { return index == 0 ? calls.innermost : calls.others[index - 1]; };
  const size_t count = calls.others.size() + 1;
  size_t begin = 0;
  if (from == From::kOutermost) {
    size_t frames = 0;
    for (begin = count; begin > 0 && frames < enough; --begin) frames += of_address_[call(begin - 1)].count;
  }
  into.clear();
  for (size_t index = begin; index < count; ++index) {
    if (from == From::kInnermost && into.size() >= enough) return false;
    const OfAddress &of_address = of_address_[call(index)];
    const size_t plumbing = index <= calls.stripped ? of_address.plumbing : 0;
    const auto first = frames_.begin() + static_cast<std::ptrdiff_t>(of_address.first);
    into.insert(into.end(), first + static_cast<std::ptrdiff_t>(plumbing), first + static_cast<std::ptrdiff_t>(of_address.count));
  }
  if (into.empty()) into.push_back(frames_[of_address_[calls.innermost].first]);
  return begin == 0;
}

size_t StackNames::most_frames(size_t number) {
  name_all();
  const LockSample &sample = profile_.samples[number];
  size_t count = of_address_[sample.site_number].count;
  for (const uint32_t address : sample.stack) count += of_address_[address].count;
  return count;
}

}  // namespace lockwrap::cli
