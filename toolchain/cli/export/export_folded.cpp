#include "export/export_formats.h"
#include "report/folded_stacks.h"

namespace lockwrap::cli {

void export_folded(NamedProfile &profile, Side side, const OutputSink &out) {
  FoldedStacks folded;
  for_each_stack(profile, side, [&](const LockStack &stack) { folded.add(stack); });
  folded.write(out);
}

}  // namespace lockwrap::cli
