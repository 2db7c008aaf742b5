#include "runtime/base/random.h"

namespace lockwrap::base {

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
