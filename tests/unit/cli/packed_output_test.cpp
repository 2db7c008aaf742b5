// Large output is written, and packed, on a second processor by blocks: nothing of it may be lost, come twice or be out of order.
#include <doctest/doctest.h>
#include <zlib.h>

#include <random>
#include <stdexcept>

#include "base/background_sink.h"
#include "profile/gzip_file.h"

using namespace lockwrap::cli;

namespace {

constexpr size_t kMegabyte = 1 << 20;  // a block

std::string text_of(size_t size) {
  std::mt19937_64 random(7);
  std::string text;
  text.reserve(size + 32);
  while (text.size() < size) text += std::to_string(random() % 1'000'000) + (random() % 8 == 0 ? "\n" : " ");
  text.resize(size);
  return text;
}

// In pieces of other sizes than a block.
template <typename Add>
void give_in_pieces(std::string_view text, const Add &add) {
  for (size_t size = 1; !text.empty(); size = size * 3 % 1'000'003) {
    add(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
  }
}

// The stream that begins with `packed`; what follows it, if anything, is left.
std::string unpack_first(std::string_view &packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string text(64 * kMegabyte, 0);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef *>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);  // with the right checksum and length
  packed.remove_prefix(packed.size() - stream.avail_in);
  text.resize(text.size() - stream.avail_out);
  inflateEnd(&stream);
  return text;
}

}  // namespace

TEST_CASE("output of many blocks arrives whole and in order") {
  for (const size_t size : {size_t{0}, size_t{5}, kMegabyte - 1, kMegabyte, 9 * kMegabyte + 77}) {
    const std::string text = text_of(size);
    std::string written;
    BackgroundSink sink([&](std::string_view piece) { written += piece; });
    give_in_pieces(text, [&](std::string_view piece) { sink.add(piece); });
    sink.finish();
    CHECK(written == text);
  }
}

TEST_CASE("a piece that is larger than a block comes behind what was before, and is not copied") {
  const std::string before = text_of(7), large = text_of(3 * kMegabyte);
  std::string written;
  bool is_given_on = false;
  BackgroundSink sink([&](std::string_view piece) { written += piece, is_given_on = is_given_on || piece.data() == large.data(); });
  sink.add(before);
  sink.add(large);
  sink.add(before);
  sink.finish();
  CHECK(written == before + large + before);
  CHECK(is_given_on);
}

TEST_CASE("what goes wrong while a block is written comes out, of the next block or of the end") {
  for (const size_t blocks : {1, 2, 5}) {
    size_t calls = 0;
    BackgroundSink sink([&](std::string_view) {
      if (++calls == blocks) throw std::runtime_error("the disk is full");
    });
    const std::string text = text_of(5 * kMegabyte);
    const auto write = [&] {
      give_in_pieces(text, [&](std::string_view piece) { sink.add(piece); });
      sink.finish();
    };
    CHECK_THROWS_WITH_AS(write(), "the disk is full", std::runtime_error);
    CHECK(calls == blocks);
  }
}

TEST_CASE("output that is given up is not written to its end") {
  std::string written;
  {
    BackgroundSink sink([&](std::string_view piece) { written += piece; });
    sink.add(text_of(kMegabyte));
    sink.add("the rest");
  }
  CHECK(written.find("the rest") == std::string::npos);
}

TEST_CASE("what is packed by blocks is one gzip stream, of the same bytes each time") {
  for (const size_t size : {size_t{0}, size_t{5}, kMegabyte - 1, kMegabyte, kMegabyte + 1, 9 * kMegabyte + 77}) {
    const std::string text = text_of(size);
    std::string packed;
    GzipWriter writer([&](std::string_view piece) { packed += piece; });
    give_in_pieces(text, [&](std::string_view piece) { writer.add(piece); });
    writer.finish();
    std::string_view left = packed;
    CHECK(unpack_first(left) == text);
    CHECK(left.empty());
    CHECK(unpack_gzip(packed, "packed") == text);
    CHECK(gzip_bytes(text) == packed);
  }
  std::string noise;
  std::mt19937_64 random(9);
  while (noise.size() < 3 * kMegabyte + 3) noise += static_cast<char>(random());
  const std::string packed = gzip_bytes(noise);  // grows by it
  CHECK(packed.size() > noise.size());
  CHECK(unpack_gzip(packed, "packed") == noise);
}
