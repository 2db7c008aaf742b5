#include "callees.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

IN_REGISTERS long add_whole(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, char k, short l) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k + 31 * l;
}

double add_floats(double a, double b, double c, double d, double e, double f, double g, double h, double i, float j) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * (double)j;
}

static double sum_of(struct Large large) {
  double sum = 0;
  for (int i = 0; i < 9; ++i) sum += (double)large.numbers[i] * large.factor;
  return sum;
}

double mix(int a, float b, long long c, double d, struct Pair e, struct Quad f, struct Large g, long double h, signed char i) {
  return a + 2 * (double)b + 3 * (double)c + 5 * d + 7 * e.weight + 11 * (double)e.count + 13 * (double)f.x + 17 * (double)f.y +
         19 * (double)f.z + 23 * (double)f.w + sum_of(g) + 29 * (double)h + 31 * i;
}

struct Pair make_pair(double weight, struct Pair other, long count) {
  struct Pair result = {weight + other.weight, count + other.count};
  return result;
}

struct Quad make_quad(float x, struct Quad other) {
  struct Quad result = {x, other.x, other.y + other.z, other.w};
  return result;
}

struct Large make_large(long first, double factor, struct Large other) {
  other.numbers[0] = first;
  other.factor += factor;
  return other;
}

long double make_long_double(long double a, int b) { return a * b; }

double add_all(const char *kinds, ...) {
  double sum = 0;
  va_list arguments;
  va_start(arguments, kinds);
  for (; *kinds; ++kinds) {
    if (*kinds == 'i') sum += va_arg(arguments, int);
    if (*kinds == 'l') sum += (double)va_arg(arguments, long long);
    if (*kinds == 'd') sum += va_arg(arguments, double);
    if (*kinds == 's') sum += (double)strlen(va_arg(arguments, const char *));
  }
  va_end(arguments);
  return sum;
}

void jump(void *to) { longjmp(*(jmp_buf *)to, 5); }
