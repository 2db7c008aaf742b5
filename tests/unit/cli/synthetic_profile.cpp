// Field numbers as in pprof's profile.proto, written out: the test must not inherit a mistake of the command.
#include "synthetic_profile.h"

#include <zlib.h>

#include <fstream>
#include <protozero/pbf_writer.hpp>
#include <sstream>

namespace lockwrap::test {
namespace {

using protozero::pbf_writer;

class Strings {
 public:
  uint64_t operator()(const std::string &text) {
    for (size_t index = 0; index < list.size(); ++index) {
      if (list[index] == text) return index;
    }
    list.push_back(text);
    return list.size() - 1;
  }
  std::vector<std::string> list{""};
};

std::string value_type(Strings &strings, const std::string &type, const std::string &unit) {
  std::string bytes;
  pbf_writer out{bytes};
  out.add_int64(1, static_cast<int64_t>(strings(type)));
  out.add_int64(2, static_cast<int64_t>(strings(unit)));
  return bytes;
}

std::string text_label(Strings &strings, const std::string &key, const std::string &text) {
  std::string bytes;
  pbf_writer out{bytes};
  out.add_uint64(1, strings(key));
  out.add_uint64(2, strings(text));
  return bytes;
}

std::string number_label(Strings &strings, const std::string &key, uint64_t number) {
  std::string bytes;
  pbf_writer out{bytes};
  out.add_uint64(1, strings(key));
  out.add_uint64(3, number);
  return bytes;
}

}  // namespace

SyntheticProfile::SyntheticProfile(const std::string &process) { comment(process); }

SyntheticProfile &SyntheticProfile::duration(int64_t duration_ns) {
  duration_ns_ = duration_ns;
  return *this;
}

SyntheticProfile &SyntheticProfile::comment(const std::string &text) {
  comments_.push_back(text);
  return *this;
}

SyntheticProfile &SyntheticProfile::mapping(uint64_t start, uint64_t limit, uint64_t offset, const std::string &file,
                                            const std::string &build_id) {
  start_ = start;
  limit_ = limit;
  offset_ = offset;
  file_ = file;
  build_id_ = build_id;
  return *this;
}

SyntheticProfile &SyntheticProfile::frames(uint64_t address, std::vector<NamedFrame> frames) {
  frames_[address] = std::move(frames);
  return *this;
}

SyntheticProfile &SyntheticProfile::sample(const SyntheticSample &sample) {
  samples_.push_back(sample);
  return *this;
}

std::string SyntheticProfile::bytes() const {
  Strings strings;
  std::string bytes;
  pbf_writer out{bytes};
  out.add_message(1, value_type(strings, "contentions", "count"));
  out.add_message(1, value_type(strings, "delay", "nanoseconds"));

  std::map<uint64_t, uint64_t> location_ids;
  for (const auto &[address, frames] : frames_) location_ids.emplace(address, location_ids.size() + 1);
  for (const SyntheticSample &sample : samples_) {
    for (const uint64_t address : sample.addresses) location_ids.emplace(address, location_ids.size() + 1);
  }
  for (const SyntheticSample &sample : samples_) {
    std::string message;
    pbf_writer writer{message};
    std::vector<uint64_t> ids;
    for (const uint64_t address : sample.addresses) ids.push_back(location_ids.at(address));
    writer.add_packed_uint64(1, ids.begin(), ids.end());
    const int64_t values[] = {sample.contentions, sample.wait_ns};
    writer.add_packed_int64(2, std::begin(values), std::end(values));
    writer.add_message(3, text_label(strings, "side", sample.side));
    writer.add_message(3, text_label(strings, "lock", sample.lock));
    writer.add_message(3, text_label(strings, "lock_kind", "mutex"));
    writer.add_message(3, number_label(strings, "lock_id", sample.lock_id));
    writer.add_message(3, number_label(strings, "lock_address", sample.lock_address));
    writer.add_message(3, number_label(strings, "site", sample.site));
    if (!sample.mode.empty()) writer.add_message(3, text_label(strings, "mode", sample.mode));
    if (!sample.thread.empty()) writer.add_message(3, text_label(strings, "thread", sample.thread));
    if (sample.side == "holder") writer.add_message(3, number_label(strings, "waiter_site", sample.waiter_site));
    out.add_message(2, message);
  }
  std::string mapping;
  pbf_writer mapping_writer{mapping};
  mapping_writer.add_uint64(1, 1);
  mapping_writer.add_uint64(2, start_);
  mapping_writer.add_uint64(3, limit_);
  mapping_writer.add_uint64(4, offset_);
  mapping_writer.add_uint64(5, strings(file_));
  mapping_writer.add_uint64(6, strings(build_id_));
  if (!frames_.empty()) mapping_writer.add_bool(7, true);
  out.add_message(3, mapping);

  uint64_t function_id = 0;
  for (const auto &[address, id] : location_ids) {
    std::string location;
    pbf_writer writer{location};
    writer.add_uint64(1, id);
    if (address >= start_ && address < limit_) writer.add_uint64(2, 1);
    writer.add_uint64(3, address);
    const auto frames = frames_.find(address);
    for (const NamedFrame &frame : frames != frames_.end() ? frames->second : std::vector<NamedFrame>()) {
      std::string function;
      pbf_writer function_writer{function};
      function_writer.add_uint64(1, ++function_id);
      function_writer.add_uint64(2, strings(frame.function));
      function_writer.add_uint64(4, strings(frame.file));
      out.add_message(5, function);
      std::string line;
      pbf_writer line_writer{line};
      line_writer.add_uint64(1, function_id);
      line_writer.add_int64(2, frame.line);
      writer.add_message(4, line);
    }
    out.add_message(4, location);
  }
  for (const std::string &comment : comments_) out.add_uint64(13, strings(comment));
  out.add_int64(10, duration_ns_);
  for (const std::string &text : strings.list) out.add_string(6, text);
  return bytes;
}

void SyntheticProfile::write(const std::string &path) const { write_file(path, gzip(bytes())); }

void write_file(const std::string &path, const std::string &content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string read_file(const std::string &path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string gzip(const std::string &bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef *>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace lockwrap::test
