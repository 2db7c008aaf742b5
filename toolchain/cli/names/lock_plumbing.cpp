// A list of beginnings. libc++'s and libstdc++'s inline namespaces are taken out of the name before it is compared.
#include "names/lock_plumbing.h"

#include <string_view>

#include "names/function_name.h"

namespace lockwrap::cli {
namespace {

// With ":" or "(" or "<" at the end, so that std::locked_queue is nobody's plumbing.
constexpr std::string_view kPlumbing[] = {
    "std::mutex::",
    "std::recursive_mutex::",
    "std::timed_mutex::",
    "std::recursive_timed_mutex::",
    "std::shared_mutex::",
    "std::shared_timed_mutex::",
    "std::__mutex_base::",
    "std::__recursive_mutex_base::",
    "std::__timed_mutex_impl<",
    "std::__shared_mutex_pthread::",
    "std::__shared_mutex_cv::",
    "std::__shared_mutex_base::",
    "std::__glibcxx_rwlock_",
    "std::__glibcxx_sem_",
    "std::lock_guard<",
    "std::unique_lock<",
    "std::shared_lock<",
    "std::scoped_lock<",
    "std::lock<",
    "std::lock(",
    "std::try_lock<",
    "std::try_lock(",
    "std::__lock_first<",
    "std::__detail::",
    "std::__condvar::",
    "std::condition_variable",
    "__gthread_",
    "__gthrw_",
    "std::call_once<",
    "std::once_flag::",
    "__once_proxy",
    "lockwrap_waiting",
    "lockwrap_acquired",
    "lockwrap_released",
    "pthread_",
    "__pthread_",
    "mtx_",
    "cnd_",
    "__wrap_",
    "__real_",
    "lockwrap::",
    "lockwrap_runtime_",
    "malloc_mutex_",
    "je_malloc_mutex_",
    // The thin covers that widely used libraries put around pthread's functions.
    "boost::mutex::", "boost::recursive_mutex::", "boost::shared_mutex::", "boost::condition_variable", "boost::lock_guard<",
    "boost::unique_lock<", "boost::shared_lock<",
    "rocksdb::port::", "rocksdb::InstrumentedMutex", "rocksdb::InstrumentedCondVar", "rocksdb::MutexLock", "rocksdb::ReadLock",
    "rocksdb::WriteLock",
    "leveldb::port::", "leveldb::MutexLock",
    "uv_mutex_", "uv_rwlock_", "uv_cond_", "uv_sem_", "uv_barrier_", "uv_once",
    "CRYPTO_THREAD_",
    "pthreadMutex", "sqlite3_mutex_",
    "evthread_",
    "g_mutex_", "g_rec_mutex_", "g_rw_lock_", "g_cond_",
    "gpr_mu_", "gpr_cv_",
    "PR_Lock", "PR_Unlock", "PR_WaitCondVar",
    "apr_thread_mutex_", "apr_thread_rwlock_", "apr_thread_cond_",
};

// What every class that can be locked has, by the C++ standard's requirements on lockable types: a lock of the program's own as well.
constexpr std::string_view kLockableMembers[] = {"::lock()", "::lock_shared()", "::try_lock()", "::try_lock_shared()", "::unlock()",
                                                 "::unlock_shared()"};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string without_inline_namespaces(std::string name) {
  for (const std::string_view inline_namespace : {"std::__1::", "std::__cxx11::", "std::_V2::"}) {
    for (size_t at = 0; (at = name.find(inline_namespace, at)) != std::string::npos; at += 5) {
      name.replace(at, inline_namespace.size(), "std::");
    }
  }
  return name;
}

}  // namespace

bool is_lock_plumbing(const std::string &name) {
  const std::string plain = without_inline_namespaces(short_function_name(name));
  for (const std::string_view beginning : kPlumbing) {
    if (std::string_view(plain).substr(0, beginning.size()) == beginning) return true;
  }
  for (const std::string_view member : kLockableMembers) {
    if (ends_with(plain, member)) return true;
  }
  return false;
}

}  // namespace lockwrap::cli
