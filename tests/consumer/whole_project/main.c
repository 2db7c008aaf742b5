#ifndef WITHOUT_GENERATED
#include "generated.h"
#if !GENERATED
#error "the generator printed something else"
#endif
#endif

int use_counter(void);

int main(void) { return use_counter(); }
