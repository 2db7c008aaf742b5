// Any bytes as a program's log: its findings read, named by a program, drawn and written as JSON.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "names/elf_binary.h"
#include "names/symbolize_findings.h"
#include "names/symbolizer.h"
#include "pictures/finding_graph.h"
#include "pictures/finding_json.h"
#include "pictures/finding_reader.h"

using namespace lockwrap::cli;

namespace {

size_t lines_of(const std::string &text) {
  size_t count = 0;
  for (const char character : text) count += character == '\n';
  return count;
}

void require(bool is_so, const char *what) {
  if (is_so) return;
  fprintf(stderr, "not so: %s\n", what);
  abort();
}

void use(const std::string &log) {
  const std::vector<Finding> findings = read_findings(log);
  size_t number = 0;
  for (const Finding &finding : findings) {
    require(!finding.kind.empty() && !finding.text.empty(), "a finding has a kind and a text");
    untold_text(finding);
    if (has_graph(finding)) finding_as_dot(finding, ++number);
  }
  require(findings_as_json(findings).size() > 10, "all findings can be written as JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string log(reinterpret_cast<const char *>(data), size);
  use(log);
  static const ElfBinary program("/proc/self/exe");
  static Symbolizer symbolizer(program, 0, false);
  const NamedFindings named = symbolize_findings(log, symbolizer);
  require(named.findings == read_findings(log).size(), "both readers see the same findings");
  require(lines_of(named.text) >= lines_of(log), "no line is lost");
  use(named.text);
  return 0;
}
