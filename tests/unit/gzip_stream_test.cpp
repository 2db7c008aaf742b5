// GzipStream, read back by zlib.
#include "runtime/report/gzip_stream.h"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>

using lockwrap::report::GzipStream;

namespace {

std::string file_content(FILE* file) {
  std::string content(static_cast<size_t>(lseek(fileno(file), 0, SEEK_END)), '\0');
  REQUIRE(pread(fileno(file), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
  return content;
}

// zlib checks the checksum and the length; the whole input must be used up.
std::string inflate_all(const std::string& compressed) {
  z_stream stream = {};
  REQUIRE(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string result;
  int status = Z_OK;
  while (status == Z_OK) {
    char buffer[10'000];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = inflate(&stream, Z_NO_FLUSH);
    result.append(buffer, sizeof buffer - stream.avail_out);
  }
  CHECK(status == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  inflateEnd(&stream);
  return result;
}

std::string random_bytes(size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Through the stream in pieces of random sizes.
std::string round_trip(const std::string& sent) {
  const auto stream = std::make_unique<GzipStream>();
  FILE* file = tmpfile();
  REQUIRE(file);
  stream->begin(fileno(file));
  std::mt19937 random(1);
  for (size_t at = 0; at < sent.size();) {
    const size_t part = std::min<size_t>(sent.size() - at, random() % 3 ? random() % 30 : random() % 70'000);
    stream->write(sent.data() + at, part);
    at += part;
  }
  CHECK(stream->finish() == 0);
  const std::string received = inflate_all(file_content(file));
  fclose(file);
  return received;
}

}  // namespace

TEST_CASE("gzip: zlib reads back what was written, also at the edges of a block") {
  for (size_t size : {size_t{1}, size_t{100}, size_t{32767}, size_t{32768}, size_t{32769}, size_t{65536}, size_t{1'000'003}}) {
    CAPTURE(size);
    const std::string sent = random_bytes(size);
    CHECK((round_trip(sent) == sent));
  }
}

TEST_CASE("gzip: an empty file is a valid one") { CHECK(round_trip("").empty()); }

TEST_CASE("gzip: one stream serves again") {
  const auto stream = std::make_unique<GzipStream>();
  for (const char* text : {"first", "second"}) {
    FILE* file = tmpfile();
    stream->begin(fileno(file));
    stream->write(text, strlen(text));
    CHECK(stream->finish() == 0);
    CHECK(inflate_all(file_content(file)) == text);
    fclose(file);
  }
}

TEST_CASE("gzip: the first failure is kept and told at the end") {
  const auto stream = std::make_unique<GzipStream>();
  const int full = open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  stream->begin(full);
  const std::string text(100'000, 'x');
  stream->write(text.data(), text.size());
  CHECK(stream->finish() == ENOSPC);
  close(full);
  stream->begin(-1);
  CHECK(stream->finish() == EBADF);
}
