// Folded stacks: one line a stack, "outermost;...;innermost;[lock] 1200", as flamegraph.pl, inferno and speedscope read them.
#pragma once

#include <string>
#include <vector>

#include "flame_tree.h"

namespace lockwrap::cli {

// Sorted lines, equal stacks together. The number is the time waited in nanoseconds. Functions carry no lines but where is waited or was
// locked. Of holders: who made others wait, down to where the lock was taken.
std::string folded_text(const std::vector<LockStack> &stacks);

// After the lock comes who held it: where it was taken, then its callers, or [no holder seen].
std::string folded_text(const std::vector<BlamedStack> &stacks);

}  // namespace lockwrap::cli
