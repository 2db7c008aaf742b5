// How far work has come that may take long, for whoever listens. The parts of the command that do such work know nothing of terminals: they say
// what they do, and nobody need hear it.
#pragma once

#include <cstddef>
#include <string>

namespace lockwrap::cli {

class WorkListener {
 public:
  virtual ~WorkListener() = default;
  // A step was made; long_work_text says of what.
  virtual void work_goes_on() = 0;
  // The outermost work begins, ends, or something else is about to be written.
  virtual void work_begins() = 0;
  virtual void work_rests() = 0;
};

// To the work of the calling thread. Null: nobody listens, and a step costs next to nothing. The listener before is given back.
WorkListener *listen_to_work(WorkListener *listener);

// Before a warning in the middle of work.
void rest_from_work();

// "merged 1 of 2 (50 %), read 12 of 40 KiB (30 %)": all that is being done, the outermost first.
std::string long_work_text();

class LongWork {
 public:
  // `what` is done: "merged"; `unit`: " samples", or "". Both are literals. `total` 0: not known.
  LongWork(const char *what, size_t total, const char *unit);
  ~LongWork();
  LongWork(const LongWork &) = delete;
  LongWork &operator=(const LongWork &) = delete;

  // So much is done, and the next piece begins.
  void came_to(size_t done);
  void step() { came_to(done_ + 1); }

  std::string text() const;

 private:
  const char *what_, *unit_;
  size_t total_, done_ = 0;
};

}  // namespace lockwrap::cli
