/* Functions with arguments in every place that a calling convention has: registers of both kinds, the stack, memory whose address is
 * passed in a register of its own; and results likewise. In a static archive, so that the guards are not those of libc's functions only. */
#ifndef CALLEES_H
#define CALLEES_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__i386__)
#define IN_REGISTERS __attribute__((regparm(3))) /* the other convention there */
#else
#define IN_REGISTERS
#endif

struct Pair { /* in registers: one whole number, one float */
  double weight;
  long count;
};
struct Quad { /* a homogeneous aggregate of floats */
  float x, y, z, w;
};
struct Large { /* in memory */
  long numbers[9];
  double factor;
};

IN_REGISTERS long add_whole(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, char k, short l);
double add_floats(double a, double b, double c, double d, double e, double f, double g, double h, double i, float j);
double mix(int a, float b, long long c, double d, struct Pair e, struct Quad f, struct Large g, long double h, signed char i);
struct Pair make_pair(double weight, struct Pair other, long count);
struct Quad make_quad(float x, struct Quad other);
struct Large make_large(long first, double factor, struct Large other);
long double make_long_double(long double a, int b);
/* `kinds`: i int, l long long, d double, s a string, whose length counts. */
double add_all(const char *kinds, ...);
/* Leaves by longjmp, past whatever stands between. */
void jump(void *to);

#ifdef __cplusplus
}
namespace store {
struct Cache {
  double flush(double size) const;
  double limit;
};
}  // namespace store
#endif

#endif
