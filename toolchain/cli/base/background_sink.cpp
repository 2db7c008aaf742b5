#include "base/background_sink.h"

#include "base/in_parallel.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kBlockBytes = 1 << 20;  // less is not worth a thread

}  // namespace

void BackgroundSink::add(std::string_view piece) {
  if (piece.size() >= kBlockBytes) {  // the whole result in one piece: a second copy would be of no use
    finish();
    out_(piece);
    return;
  }
  filling_ += piece;
  if (filling_.size() < kBlockBytes) return;
  wait();
  std::swap(filling_, leaving_);
  filling_.clear();
  work_ = in_parallel([this] { out_(leaving_); });
}

void BackgroundSink::finish() {
  wait();
  out_(filling_);
  filling_.clear();
}

void BackgroundSink::wait() {
  if (work_.valid()) work_.get();
}

}  // namespace lockwrap::cli
