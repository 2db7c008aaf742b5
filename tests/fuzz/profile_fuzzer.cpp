// Any bytes as a profile: read, reported, exported, compared and merged. Whatever is accepted must be written again as a profile that is
// accepted, too.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "export/export_formats.h"
#include "report/fail_condition.h"
#include "report/folded_stacks.h"
#include "profile/gzip_file.h"
#include "report/lock_report.h"
#include "names/named_profile.h"
#include "report/profile_diff.h"
#include "merge/profile_merge.h"
#include "profile/profile_reader.h"
#include "profile/profile_writer.h"
#include "report/report_text.h"

using namespace lockwrap::cli;

namespace {

constexpr size_t kMaximumBytes = 4 << 20;

LockReport report_of(NamedProfile &profile) { return make_report(profile.locks(), profile.places(), profile.lock_names(), {}); }

void use(const std::string &bytes) {
  NamedProfile profile(parse_profile_and_locks(bytes, "fuzzed"), "fuzzed");
  const LockReport report = report_of(profile);
  report_as_text(report, Side::kWaiter);
  report_as_text(report, Side::kHolder);
  const OutputSink nowhere = [](std::string_view) {};
  export_folded(profile, Side::kWaiter, nowhere);
  export_folded(profile, Side::kHolder, nowhere);
  export_prometheus(report, 3);
  for (const CsvTable table : {CsvTable::kLocks, CsvTable::kPlaces, CsvTable::kPairs}) export_csv(report, table);
  FoldedStacks folded;
  for_each_blamed_place(
      profile, [&](const LockStack &stack) { folded.add_waiter(stack); },
      [&](const LockStack *holder, int64_t wait_ns) { folded.add_holder(holder, wait_ns); });
  folded.write(nowhere);
  diff_as_text(make_diff(profile, report, profile, report, false), 0);
  holding_conditions(parse_conditions({"wait>1ns", "max>1h"}, ConditionUse::kReport), report, "fuzzed");

  ProfileMerge merge(false);
  merge.add(profile.profile(), profile.locks(), "fuzzed");
  merge.add(profile.profile(), profile.locks(), "fuzzed");
  std::string exported;
  export_pprof(profile, Side::kHolder, [&](std::string_view piece) { exported += piece; });
  for (const std::string &written : {unpack_gzip(exported, "exported"), serialize_profile(merge.finish())}) {
    try {
      NamedProfile again(parse_profile_and_locks(written, "written"), "written");
      report_of(again);
    } catch (const CommandError &error) {
      fprintf(stderr, "what was written is refused: %s\n", error.what());
      abort();
    }
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximum_size);

// Half of the time one byte gets another value and nothing moves: the lengths in front of messages stay right, and a number in them is wrong.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maximum_size, unsigned seed) {
  static constexpr uint8_t kValues[] = {0, 1, 2, 0x3f, 0x7e, 0x7f};  // one byte each as a varint
  if (size == 0 || seed % 2 == 0) return LLVMFuzzerMutate(data, size, maximum_size);
  const unsigned random = seed / 2;
  data[random / 8 % size] = kValues[random % 8 % sizeof kValues];
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string bytes(reinterpret_cast<const char *>(data), size);
  try {
    if (is_gzip(bytes)) bytes = unpack_gzip(std::move(bytes), "fuzzed", kMaximumBytes);
    use(bytes);
  } catch (const CommandError &error) {
    if (std::string(error.what()).rfind("fuzzed: ", 0) != 0) {
      fprintf(stderr, "an error without the file's name: %s\n", error.what());
      abort();
    }
  }
  return 0;
}
