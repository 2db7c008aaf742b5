#include "names/thread_start.h"

#include <string_view>

namespace lockwrap::cli {
namespace {

constexpr std::string_view kWholeNames[] = {
    "_start", "__libc_start_main", "__libc_start_call_main", "libc_start_main_stage2",  // glibc's and musl's way to main
    "clone", "clone3", "__clone", "__clone3", "start_thread", "__pthread_start", "start", "start_c11",
    "execute_native_thread_routine", "thrd_start_internal",
};
constexpr std::string_view kBeginnings[] = {
    "__libc_start_main", "std::thread::_State_impl<", "std::thread::_Invoker<", "std::__invoke<", "std::__invoke_impl<", "std::invoke<",
    "std::__1::__thread_proxy", "std::__1::__thread_execute", "std::__1::__invoke",
    "void std::__invoke_impl<", "std::__invoke_result<",
};

}  // namespace

bool is_thread_start(const std::string &function) {
  for (const std::string_view name : kWholeNames) {
    if (function == name || (function.size() == name.size() + 2 && function.starts_with(name) && function.ends_with("()"))) return true;
  }
  for (const std::string_view beginning : kBeginnings) {
    if (function.starts_with(beginning)) return true;
  }
  return false;
}

}  // namespace lockwrap::cli
