// Random numbers and the functions that sampling in proportion to waited time needs, without libm.
// Runs: after a contended release.
#pragma once

#include <cstdint>

namespace lockwrap::base {

// xorshift64* (Vigna 2016). A state of zero is valid and becomes `seed`.
inline uint64_t next_random(uint64_t& state, uint64_t seed) {
  if (!state) state = seed | 1;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1du;
}

// -ln(u) of a random number u in (0, 1], within 1e-6: exponentially distributed with mean 1. `random` may be any number.
double exponential(uint64_t random);

// 1 - e^-x for x >= 0, within 1e-9. 0 for x <= 0.
double one_minus_exp(double x);

}  // namespace lockwrap::base
