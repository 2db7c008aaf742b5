// Field numbers of pprof's profile.proto, for the reader and the writer.
// Source: https://github.com/google/pprof/blob/main/proto/profile.proto
#pragma once

#include <protozero/types.hpp>

namespace lockwrap::cli::field {

using Number = protozero::pbf_tag_type;

namespace profile {
constexpr Number kSampleType = 1, kSample = 2, kMapping = 3, kLocation = 4, kFunction = 5, kString = 6, kDropFrames = 7,
                 kKeepFrames = 8, kTime = 9, kDuration = 10, kPeriodType = 11, kPeriod = 12, kComment = 13,
                 kDefaultSampleType = 14;
}
namespace value_type {
constexpr Number kType = 1, kUnit = 2;
}
namespace sample {
constexpr Number kLocationId = 1, kValue = 2, kLabel = 3;
}
namespace label {
constexpr Number kKey = 1, kText = 2, kNumber = 3, kNumberUnit = 4;
}
namespace mapping {
constexpr Number kId = 1, kMemoryStart = 2, kMemoryLimit = 3, kFileOffset = 4, kFileName = 5, kBuildId = 6,
                 kHasFunctions = 7, kHasFileNames = 8, kHasLineNumbers = 9, kHasInlineFrames = 10;
}
namespace location {
constexpr Number kId = 1, kMappingId = 2, kAddress = 3, kLine = 4, kIsFolded = 5;
}
namespace line {
constexpr Number kFunctionId = 1, kLine = 2;
}
namespace function {
constexpr Number kId = 1, kName = 2, kSystemName = 3, kFileName = 4, kStartLine = 5;
}

}  // namespace lockwrap::cli::field
