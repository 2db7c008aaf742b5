#include "runtime/base/random.h"

namespace lockwrap::base {

double exponential(uint64_t random) {
  // u is m * 2^-(k+1) with m in [1, 2); ln m is 2 artanh((m-1)/(m+1)), a short series.
  random |= 1;
  const auto k = static_cast<unsigned>(__builtin_clzll(random));
  const double m = static_cast<double>(random << k) * 0x1p-63;
  const double z = (m - 1) / (m + 1);
  const double s = z * z;
  constexpr double kLn2 = 0.693147180559945309;
  return kLn2 * (k + 1) - 2 * z * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7 + s * (1.0 / 9 + s * (1.0 / 11))))));
}

double one_minus_exp(double x) {
  if (!(x > 0)) return 0;
  if (x > 40) return 1;
  // 1 - e^-x of x / 2^n is a short series; doubling the argument is f(2x) = f(x) (2 - f(x)).
  int halvings = 0;
  while (x > 0.03125) {
    x /= 2;
    ++halvings;
  }
  double f = x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5))));
  while (halvings-- > 0) f = f * (2 - f);
  return f;
}

}  // namespace lockwrap::base
