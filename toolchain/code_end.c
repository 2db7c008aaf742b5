/* The last of them. In a section of its own: the code before it is in many, which a linker leaves in the order in which they come. */
__asm__(".section .text.lockwrap_end,\"ax\",%progbits\n.hidden lockwrap_code_end\n.globl lockwrap_code_end\nlockwrap_code_end:\n");
