/* Calls everything, and prints the results and how often the runtime was asked to look. */
#include "../calls.h"

#if defined(__x86_64__) || defined(__i386__)
typedef double Wide __attribute__((vector_size(32)));
typedef double Widest __attribute__((vector_size(64)));
__attribute__((target("avx"))) Wide add_wide(Wide, Wide, Wide, Wide, Wide, Wide, Wide, Wide);
__attribute__((target("avx512f"))) Widest add_widest(Widest, Widest, Widest, Widest, Widest, Widest, Widest, Widest);

__attribute__((target("avx"))) static void call_wide(void) {
  const Wide one = {1, 20, 300, 4000};
  const Wide sum = add_wide(one, one * 2, one * 3, one * 4, one * 5, one * 6, one * 7, one * 8);
  printf("add_wide %a %a %a %a\n", sum[0], sum[1], sum[2], sum[3]);
}
__attribute__((target("avx512f"))) static void call_widest(void) {
  const Widest one = {1, 20, 300, 4000, 5, 60, 700, 8000};
  const Widest sum = add_widest(one, one * 2, one * 3, one * 4, one * 5, one * 6, one * 7, one * 8);
  for (int i = 0; i < 8; ++i) printf("add_widest %a\n", sum[i]);
}
static int call_vectors(void) {
  int missing = 2;
  if (__builtin_cpu_supports("avx")) call_wide(), --missing;
  if (__builtin_cpu_supports("avx512f")) call_widest(), --missing;
  return missing;
}
#else
double add_wide(double);
double add_widest(double);
static int call_vectors(void) {
  printf("add_wide %a %a\n", add_wide(1.5), add_widest(2.5));
  return 0;
}
#endif

#if defined(GUARDED)
#include <stdlib.h>

extern int held, looks;
#endif

int main(void) {
#if defined(GUARDED)
  const char *wanted = getenv("HELD");
  held = wanted && *wanted == '1';
#endif
  make_calls();
  int missing = call_vectors();
#if defined(GUARDED)
  printf("looks %d\n", looks + missing * held);
#else
  (void)missing;
#endif
}
