// zlib's streaming calls instead of gzopen, which takes what is not gzip for plain text and hides where a file ends.
#include "profile/gzip_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/long_work.h"

namespace lockwrap::cli {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to say: gzip, nothing else
constexpr size_t kChunkBytes = 256 * 1024;
constexpr size_t kMostPacked = 1032;  // bytes that zlib can make of one
constexpr size_t kMostAtOnce = size_t{1} << 30;  // zlib's count of what it is given has 32 bits
constexpr int kLevel = Z_BEST_SPEED;  // a profile is a tenth larger than by zlib's default, and written in less than half of the time
constexpr char kUnit[] = " KiB";

size_t in_units(size_t bytes) { return (bytes + 1023) / 1024; }

class Descriptor {
 public:
  explicit Descriptor(const std::string &path) : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void refuse_size(const std::string &path, size_t maximum_bytes) {
  throw file_error(path, "is larger than " + std::to_string(maximum_bytes >> 20) +
                             " MiB, which no lockwrap profile is; check that it is the right file");
}

std::string read_whole_file(const std::string &path, size_t maximum_bytes) {
  const Descriptor file(path);
  struct stat status;
  if (file.number() < 0 || fstat(file.number(), &status) != 0) {
    throw file_error(path, std::string("cannot be opened (") + strerror(errno) + "); check the path");
  }
  if (S_ISDIR(status.st_mode)) throw file_error(path, "is a directory; name the profile file in it");
  LongWork work("read", S_ISREG(status.st_mode) ? in_units(static_cast<size_t>(status.st_size)) : 0, kUnit);
  std::string content;
  if (S_ISREG(status.st_mode)) content.reserve(std::min(static_cast<size_t>(status.st_size), maximum_bytes) + kChunkBytes);
  for (;;) {
    const size_t used = content.size();
    if (used > maximum_bytes) refuse_size(path, maximum_bytes);
    content.resize(used + kChunkBytes);
    const ssize_t got = read(file.number(), content.data() + used, kChunkBytes);
    if (got < 0 && errno != EINTR) {
      throw file_error(path, std::string("cannot be read (") + strerror(errno) + "); copy it again");
    }
    content.resize(used + static_cast<size_t>(got > 0 ? got : 0));
    if (got == 0) return content;
    work.came_to(in_units(content.size()));
  }
}

// How large a gzip file says that it is when it is unpacked, modulo 2^32: its last four bytes, little-endian. For one that is joined of several
// files, or damaged, that is wrong.
size_t told_size(std::string_view packed) {
  size_t size = 0;
  for (size_t index = 0; index < 4 && index < packed.size(); ++index) size = size << 8 | static_cast<unsigned char>(packed[packed.size() - 1 - index]);
  return size;
}

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater &) = delete;
  Inflater &operator=(const Inflater &) = delete;

  // Appends at most one chunk to `out`; returns zlib's status.
  int step(std::string &out) {
    const size_t used = out.size();
    out.resize(used + kChunkBytes);
    stream_.next_out = reinterpret_cast<Bytef *>(out.data() + used);
    stream_.avail_out = kChunkBytes;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    out.resize(used + kChunkBytes - stream_.avail_out);
    return status;
  }

  z_stream &stream() { return stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

std::string read_file_bytes(const std::string &path, size_t maximum_bytes) {
  std::string content = read_whole_file(path, maximum_bytes);
  if (content.empty()) throw file_error(path, "is empty; let the program write it again");
  return content;
}

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string read_gzip_file(const std::string &path, size_t maximum_bytes) {
  return unpack_gzip(read_file_bytes(path, maximum_bytes), path, maximum_bytes);
}

std::string unpack_gzip(std::string packed, const std::string &path, size_t maximum_bytes) {
  if (!is_gzip(packed)) throw file_error(path, "is not a lockwrap profile (not gzip'ed); check that it is the right file");
  Inflater inflater;
  inflater.stream().next_in = reinterpret_cast<Bytef *>(packed.data());
  inflater.stream().avail_in = static_cast<uInt>(packed.size());
  LongWork work("unpacked", in_units(packed.size()), kUnit);
  std::string content;
  content.reserve(std::min({told_size(packed), packed.size() * kMostPacked, maximum_bytes}) + kChunkBytes);  // memory that is not touched does not count
  for (;;) {
    const int status = inflater.step(content);
    work.came_to(in_units(packed.size() - inflater.stream().avail_in));
    if (content.size() > maximum_bytes) refuse_size(path, maximum_bytes);
    if (status == Z_STREAM_END) {
      if (inflater.stream().avail_in == 0) return content;
      inflateReset(&inflater.stream());  // gzip files may be joined end to end
    } else if (status == Z_BUF_ERROR || (status == Z_OK && inflater.stream().avail_in == 0 && inflater.stream().avail_out != 0)) {
      throw file_error(path, "is truncated; copy it again or let the program write it again");
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK) {
      throw file_error(path, "is damaged (its gzip data is wrong); copy it again or let the program write it again");
    }
  }
}

GzipWriter::GzipWriter(std::function<void(std::string_view)> out) : stream_(std::make_unique<z_stream>()), out_(std::move(out)), packed_(kChunkBytes, 0) {
  if (deflateInit2(stream_.get(), kLevel, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
}

GzipWriter::~GzipWriter() { deflateEnd(stream_.get()); }

void GzipWriter::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kMostAtOnce);
    stream_->next_in = reinterpret_cast<Bytef *>(const_cast<char *>(piece.data()));
    stream_->avail_in = static_cast<uInt>(piece.size());
    pack(Z_NO_FLUSH);
    bytes.remove_prefix(piece.size());
  }
}

void GzipWriter::finish() { pack(Z_FINISH); }

void GzipWriter::pack(int flush) {
  do {
    stream_->next_out = reinterpret_cast<Bytef *>(packed_.data());
    stream_->avail_out = static_cast<uInt>(packed_.size());
    deflate(stream_.get(), flush);
    out_(std::string_view(packed_).substr(0, packed_.size() - stream_->avail_out));
  } while (stream_->avail_out == 0);
}

std::string gzip_bytes(std::string_view bytes) {
  std::string packed;
  GzipWriter writer([&](std::string_view piece) { packed += piece; });
  writer.add(bytes);
  writer.finish();
  return packed;
}

}  // namespace lockwrap::cli
