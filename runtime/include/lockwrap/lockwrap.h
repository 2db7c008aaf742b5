/* lockwrap: the calls that a program may make, in C and C++.
 *
 * A program needs none of them: linking it with lockwrap is what makes its locks visible. Every lock and wait call of
 * pthread and C11 then passes through lockwrap, which counts who waits for which lock, how long, where, and who held it
 * meanwhile. The profile is written where LOCKWRAP_OPTIONS="profile_path=..." says.
 *
 *     #include <lockwrap/lockwrap.h>
 *     static std::mutex accounts;
 *     lockwrap_name_lock(accounts.native_handle(), "accounts");
 *     ...
 *     lockwrap_write_profile("/tmp/now.pb.gz");
 *
 * In a program that is not linked with lockwrap every call here is a harmless no-op: the functions that do the work
 * are weak references, and each call looks whether they are there. No macro, no second library.
 *
 * Results: 0, or an errno value; ENOSYS when lockwrap is not linked in or watches nothing. errno itself is never changed. */
#ifndef LOCKWRAP_LOCKWRAP_H
#define LOCKWRAP_LOCKWRAP_H

#include <errno.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header: 10000 * major + 100 * minor + patch. ABI.md, among the documents, says what stays from one version to the next. */
#define LOCKWRAP_VERSION_NUMBER 100

/* A program may define this function. Its text is read before LOCKWRAP_OPTIONS, in the same form, once, before the
 * first lock is watched; it must not take a lock. The text must stay valid. */
const char *lockwrap_default_options(void);
/* And this one: the lines of a file of suppressions. */
const char *lockwrap_default_suppressions(void);

/* Is given each finding after it was written: its kind ("deadlock", "lock-order", ...), its text, valid during the call,
 * and `context`. Runs in the lock call that found it, perhaps with locks held: it must take none, and allocate nothing. */
typedef void (*lockwrap_finding_handler)(const char *kind, const char *text, void *context);

/* Not to be called directly: the calls below look whether they are there. */
#define LOCKWRAP_IMPLEMENTATION __attribute__((weak))
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_version(void);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_is_active(void);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_name_lock(const void *lock, const char *name);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_write_profile(const char *path);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_write_report(int descriptor);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_dump_threads(int descriptor);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_set_finding_handler(lockwrap_finding_handler handler, void *context);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_reset(void);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_held_count(void);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_pause(void);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_resume(void);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_expect_no_locks(const char *where);
LOCKWRAP_IMPLEMENTATION int lockwrap_runtime_worker_begin(const char *name, unsigned limit_ms);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_worker_alive(void);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_worker_end(void);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_waiting(const void *lock);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_acquired(const void *lock);
LOCKWRAP_IMPLEMENTATION void lockwrap_runtime_released(const void *lock);

/* The version of what is linked in, as LOCKWRAP_VERSION_NUMBER; 0 when lockwrap is not. Thread-safe and signal-safe. */
static inline int lockwrap_version(void) { return lockwrap_runtime_version ? lockwrap_runtime_version() : 0; }

/* 1 when lockwrap is linked in and watches locks, 0 otherwise (also with LOCKWRAP_OPTIONS=active=0).
 * Thread-safe and signal-safe. */
static inline int lockwrap_is_active(void) { return lockwrap_runtime_is_active ? lockwrap_runtime_is_active() : 0; }

/* Gives a lock the name under which reports show it. `lock` is the address of the pthread object (in C++
 * native_handle()); call it after the lock is initialised. The name is copied, at most 63 bytes of it. A lock that is
 * initialised anew is another lock and has no name. EINVAL: a null argument or an empty name; ENOMEM: the table of
 * locks or of names is full (the report counts it). Thread-safe. */
static inline int lockwrap_name_lock(const void *lock, const char *name) {
  return lockwrap_runtime_name_lock ? lockwrap_runtime_name_lock(lock, name) : ENOSYS;
}

/* Writes the contention profile of the whole process so far (pprof's format, gzip'ed). `path` may use %e program, %p
 * pid, %h host, %t seconds since 1970, %% percent; NULL means the option profile_path. The file appears under its name
 * only when it is complete; an older one is replaced. EINVAL: no path, or a malformed one; EBUSY: another thread is
 * writing; else what open, write or rename said. Thread-safe and signal-safe. */
static inline int lockwrap_write_profile(const char *path) {
  return lockwrap_runtime_write_profile ? lockwrap_runtime_write_profile(path) : ENOSYS;
}

/* Writes the text report of the whole process so far to an open descriptor, which stays open. EBUSY: another thread is
 * writing; else what write said. Thread-safe and signal-safe. */
static inline int lockwrap_write_report(int descriptor) {
  return lockwrap_runtime_write_report ? lockwrap_runtime_write_report(descriptor) : ENOSYS;
}

/* Writes which threads wait at this moment, for what, since when, and who has it, to an open descriptor, which stays open.
 * EBUSY: another thread is writing; else what write said. Thread-safe and signal-safe. */
static inline int lockwrap_dump_threads(int descriptor) {
  return lockwrap_runtime_dump_threads ? lockwrap_runtime_dump_threads(descriptor) : ENOSYS;
}

/* From now on findings are also given to `handler`; NULL: no longer. Thread-safe. */
static inline int lockwrap_set_finding_handler(lockwrap_finding_handler handler, void *context) {
  return lockwrap_runtime_set_finding_handler ? lockwrap_runtime_set_finding_handler(handler, context) : ENOSYS;
}

/* Sets all counters and samples to zero, for instance after a warm-up. Waits whose lock is released after the call are counted
 * whole; names and the numbers of findings are kept. Thread-safe. */
static inline int lockwrap_reset(void) { return lockwrap_runtime_reset ? lockwrap_runtime_reset() : ENOSYS; }

/* How many locks the calling thread holds, as far as lockwrap has seen; 0 when it is not linked in. A recursive lock
 * counts once a level. Thread-safe and signal-safe. */
static inline int lockwrap_held_count(void) {
  return lockwrap_runtime_held_count ? lockwrap_runtime_held_count() : 0;
}

/* For a scheduler that is about to give its thread to another fiber, or before a slow call: if the calling thread holds a
 * lock, that is reported (option log), with every such lock, where it was locked and this call's stack; once for each
 * place. `where` says what comes next: "fiber switch"; it is not kept. A few instructions when no lock is held. Silent
 * while the thread is paused. With on_misuse=abort a report ends the program. Thread-safe and signal-safe. */
static inline void lockwrap_expect_no_locks(const char *where) { if (lockwrap_runtime_expect_no_locks) lockwrap_runtime_expect_no_locks(where); }

/* From here to lockwrap_resume the calling thread's locks are not watched: for a critical path of its own. Calls nest.
 * Locks that it holds already stay known, locks that it takes meanwhile stay unknown also after the resume. resume
 * without pause: EPERM. Thread-safe. */
static inline int lockwrap_pause(void) { return lockwrap_runtime_pause ? lockwrap_runtime_pause() : ENOSYS; }
static inline int lockwrap_resume(void) { return lockwrap_runtime_resume ? lockwrap_runtime_resume() : ENOSYS; }

/* The calling thread is a worker that calls alive at least every `limit_ms` milliseconds until it calls end, or else is
 * told as stuck, once until it is alive again: by a thread that waits for a lock, or, with worker_watch=1, in any case.
 * EINVAL: no name or no limit; ENOMEM: no room for the name. Thread-safe. */
static inline int lockwrap_worker_begin(const char *name, unsigned limit_ms) {
  return lockwrap_runtime_worker_begin ? lockwrap_runtime_worker_begin(name, limit_ms) : ENOSYS;
}
static inline void lockwrap_worker_alive(void) { if (lockwrap_runtime_worker_alive) lockwrap_runtime_worker_alive(); }
static inline void lockwrap_worker_end(void) { if (lockwrap_runtime_worker_end) lockwrap_runtime_worker_end(); }

/* A lock of the program's own (on a futex, say) reports itself with these three, and is then shown like any other:
 * waiting before the thread blocks or spins, and only then; acquired once it has the lock, whether it waited or not;
 * released, by the thread that has it, just before it is free for others. A thread waits for one such lock at a time, and may use other locks
 * meanwhile. Each keeps errno, never blocks and never allocates. Thread-safe and signal-safe. */
static inline void lockwrap_waiting(const void *lock) { if (lockwrap_runtime_waiting) lockwrap_runtime_waiting(lock); }
static inline void lockwrap_acquired(const void *lock) { if (lockwrap_runtime_acquired) lockwrap_runtime_acquired(lock); }
static inline void lockwrap_released(const void *lock) { if (lockwrap_runtime_released) lockwrap_runtime_released(lock); }

#undef LOCKWRAP_IMPLEMENTATION

#ifdef __cplusplus
}
#endif

#endif
