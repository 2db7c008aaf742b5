// Where a command's result goes: all of it or nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lockwrap::cli {

// Writes `content` to a file by way of a temporary one beside it, so that `path` never holds a part of the result and an
// older file survives a failure. "" and "-" are the standard output; a device or a pipe is written to as it is.
// CommandError: the result could not be written, and nothing of it is left.
void write_output(const std::string &path, std::string_view content);

// The same piece by piece: `make` gives each to what it is called with. What it throws goes through, and then nothing is left either.
using OutputSink = std::function<void(std::string_view)>;
void write_output(const std::string &path, const std::function<void(const OutputSink &)> &make);

}  // namespace lockwrap::cli
