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
#include <stdexcept>
#include <utility>

#include "base/error.h"
#include "base/in_parallel.h"
#include "base/long_work.h"

namespace lockwrap::cli {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to say: gzip, nothing else
constexpr size_t kChunkBytes = 256 * 1024;
constexpr size_t kMostPacked = 1032;  // bytes that zlib can make of one
constexpr size_t kBlockBytes = 1 << 20;   // packed by itself, which loses a thousandth
constexpr size_t kMostAtOnce = 3;        // blocks: a second processor never waits for the one that makes them; each takes 2.3 MiB
constexpr int kRawWindowBits = -15;      // zlib's way to say: without header and trailer
constexpr size_t kFlushBytes = 16;        // what the end of a block takes more than zlib foresees
constexpr int kLevel = Z_BEST_SPEED;  // a profile is a tenth larger than by zlib's default, and written in less than half of the time
constexpr char kHeader[] = {'\x1f', '\x8b', Z_DEFLATED, 0, 0, 0, 0, 0, 4, 3};  // no name, no time; fastest packing; Unix. RFC 1952
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

GzipWriter::GzipWriter(std::function<void(std::string_view)> out) : out_(std::move(out)), checksum_(crc32(0, nullptr, 0)) {
  out_({kHeader, sizeof kHeader});
}

void GzipWriter::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBlockBytes - block_.size());
    block_ += piece;
    bytes.remove_prefix(piece.size());
    if (block_.size() < kBlockBytes) continue;
    if (packing_.size() == kMostAtOnce) write_first();
    packing_.push_back(in_parallel([block = std::make_shared<const std::string>(std::exchange(block_, {}))] { return pack(*block, Z_SYNC_FLUSH); }));
  }
}

void GzipWriter::finish() {
  while (!packing_.empty()) write_first();
  write(pack(block_, Z_FINISH));
  std::string trailer;
  for (const auto number : {static_cast<uint32_t>(checksum_), unpacked_}) {
    for (int shift = 0; shift < 32; shift += 8) trailer += static_cast<char>(number >> shift);
  }
  out_(trailer);
}

GzipWriter::Packed GzipWriter::pack(std::string_view block, int flush) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kRawWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream *)> end(&stream, deflateEnd);
  Packed packed{std::string(deflateBound(&stream, block.size()) + kFlushBytes, 0), block.size(), 0};
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(block.data()));
  stream.avail_in = static_cast<uInt>(block.size());
  packed.checksum = crc32(crc32(0, nullptr, 0), stream.next_in, stream.avail_in);
  stream.next_out = reinterpret_cast<Bytef *>(packed.bytes.data());
  stream.avail_out = static_cast<uInt>(packed.bytes.size());
  const int status = deflate(&stream, flush);
  if (status != (flush == Z_FINISH ? Z_STREAM_END : Z_OK) || stream.avail_in != 0 || stream.avail_out == 0) throw std::logic_error("zlib wants more room than it says");
  packed.bytes.resize(packed.bytes.size() - stream.avail_out);
  return packed;
}

void GzipWriter::write(const Packed &packed) {
  checksum_ = crc32_combine(checksum_, packed.checksum, static_cast<z_off_t>(packed.unpacked));
  unpacked_ += static_cast<uint32_t>(packed.unpacked);
  out_(packed.bytes);
}

void GzipWriter::write_first() {
  const Packed packed = packing_.front().get();
  packing_.pop_front();
  write(packed);
}

std::string gzip_bytes(std::string_view bytes) {
  std::string packed;
  GzipWriter writer([&](std::string_view piece) { packed += piece; });
  writer.add(bytes);
  writer.finish();
  return packed;
}

}  // namespace lockwrap::cli
