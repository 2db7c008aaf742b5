/* The last of them. */
__asm__(".text\n.hidden lockwrap_code_end\n.globl lockwrap_code_end\nlockwrap_code_end:\n");
