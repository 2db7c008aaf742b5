/* Functions of vectors as wide as x86 has them: eight such arguments. They are never called where the processor lacks them. */
#if defined(__x86_64__) || defined(__i386__)
typedef double Wide __attribute__((vector_size(32)));
typedef double Widest __attribute__((vector_size(64)));

__attribute__((target("avx"))) Wide add_wide(Wide a, Wide b, Wide c, Wide d, Wide e, Wide f, Wide g, Wide h) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h;
}
__attribute__((target("avx512f"))) Widest add_widest(Widest a, Widest b, Widest c, Widest d, Widest e, Widest f, Widest g, Widest h) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h;
}
#else
double add_wide(double a) { return a; }
double add_widest(double a) { return a; }
#endif
