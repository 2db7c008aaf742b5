/* One call of each function of callees.h, with values that are all different; prints what comes back. */
#ifndef CALLS_H
#define CALLS_H

#include <setjmp.h>
#include <stdio.h>

#include "callees.h"

static inline void make_calls(void) {
  const struct Pair pair = {1.25, -70000};
  const struct Quad quad = {0.5f, 1.5f, -2.5f, 3.5f};
  const struct Large large = {{1, 2, 3, 4, 5, 6, 7, 8, -9}, 0.125};
  printf("add_whole %ld\n", add_whole(1, 20, 300, -4, 50, 600, 7, 80, 900, 1000000, 11, -1200));
  printf("add_floats %a\n", add_floats(1.5, 2.5, -3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5f));
  printf("mix %a\n", mix(-1, 2.5f, 1LL << 40, -4.5, pair, quad, large, 8.5L, -9));
  const struct Pair made = make_pair(0.75, pair, 1L << 20);
  printf("make_pair %a %ld\n", made.weight, made.count);
  const struct Quad turned = make_quad(9.5f, quad);
  printf("make_quad %a %a %a %a\n", turned.x, turned.y, turned.z, turned.w);
  const struct Large copy = make_large(77, 0.5, large);
  printf("make_large %ld %ld %ld %a\n", copy.numbers[0], copy.numbers[1], copy.numbers[8], copy.factor);
  printf("make_long_double %La\n", make_long_double(1.1L, 3));
  printf("add_all %a\n", add_all("idlsiddddddddiil", 1, 2.5, 1LL << 33, "four", 5, 1.25, 2.25, 3.25, 4.25, 5.25, 6.25, 7.25, 8.25, 6, 7, -8LL));
  printf("add_all of none %a\n", add_all(""));
  jmp_buf here;
  const int jumped = setjmp(here);
  if (!jumped) jump(&here);
  printf("jump %d\n", jumped);
}

#endif
