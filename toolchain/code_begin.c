/* The first of the object files that are joined without own_code.ld: see CMakeLists.txt. */
__asm__(".text\n.hidden lockwrap_code_begin\n.globl lockwrap_code_begin\nlockwrap_code_begin:\n");
