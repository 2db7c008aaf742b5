// What `lockwrap check` finds in a program, stripped or not: an ELF note with the names that this object wraps, and a table of jumps to
// each wrapper and to each real function.
//
// A note is loaded, so strip keeps it, and linkers take notes for roots, so --gc-sections keeps it. The addresses are in the table, as jumps
// that nobody makes, because every linker can point a jump at a function, be it in libc.a or in libc.so: an address in data would need
// relocating at start. The offsets in the note are from their own place, for the same reason.
//
// The note's owner is "lockwrap", its type 1. The description, in the program's byte order:
//   word    form of this description: 1
//   words   from here to where lockwrap's code begins, where it ends, and to the table
//   word    bytes of a jump
//   text    lockwrap's version
//   text    the libc that the archive was built for
//   text    FAMILY:NAME for each function, FAMILY!NAME for one that only libc itself calls; an empty one ends
// A text ends with a null byte. The table has two jumps a name, in the same order: to its wrapper and to its real function.
// Runs: never; the number of names is read at start.
#include <stdlib.h>

#include "available_symbols.h"
#include "runtime/hooks.h"

#define LOCKWRAP_TEXT_OF(number) #number
#define LOCKWRAP_TEXT(number) LOCKWRAP_TEXT_OF(number)

#if defined(__GLIBC__)
#define LOCKWRAP_LIBC "glibc " LOCKWRAP_TEXT(__GLIBC__) "." LOCKWRAP_TEXT(__GLIBC_MINOR__)
#else
#define LOCKWRAP_LIBC "musl"
#endif

#define LOCKWRAP_MODE ""
#if defined(__x86_64__) || defined(__i386__)
#define LOCKWRAP_JUMP(function) "  jmp " function "@PLT\n"
#define LOCKWRAP_JUMP_BYTES "5"
#elif defined(__aarch64__)
#define LOCKWRAP_JUMP(function) "  b " function "\n"
#define LOCKWRAP_JUMP_BYTES "4"
#elif defined(__arm__)
// The call, not the jump: linkers make it change between ARM and Thumb code by itself. The table is ARM code always.
#define LOCKWRAP_JUMP(function) "  bl " function "\n"
#define LOCKWRAP_JUMP_BYTES "4"
#undef LOCKWRAP_MODE
#define LOCKWRAP_MODE ".arm\n"
#elif defined(__riscv)
#define LOCKWRAP_JUMP(function) "  tail " function "\n"
#define LOCKWRAP_JUMP_BYTES "8"
#else  // no table: `lockwrap check` reads no machine code of this processor either
#define LOCKWRAP_JUMP(function)
#define LOCKWRAP_JUMP_BYTES "0"
#endif

asm(
#if defined(__riscv)
    ".option push\n.option norelax\n"  // a jump that the linker shortens would move the others
#endif
    ".pushsection .text.lockwrap_table,\"ax\",%progbits\n"
    LOCKWRAP_MODE
    ".balign 4\n"
    "lockwrap_table:\n"
#define LOCKWRAP_ENTRY(name) LOCKWRAP_JUMP("__wrap_" #name) LOCKWRAP_JUMP("__real_" #name)
#define LOCKWRAP_SYMBOL(family, name) LOCKWRAP_IF_HAS_##name(LOCKWRAP_ENTRY(name))
#define LOCKWRAP_TIME64(family, name, other_name) LOCKWRAP_IF_HAS_##other_name(LOCKWRAP_ENTRY(other_name))
#define LOCKWRAP_INNER_SYMBOL(family, name, neighbour) LOCKWRAP_IF_HAS_##name(LOCKWRAP_ENTRY(name))
#include "wrapped_symbols.def"
#undef LOCKWRAP_TIME64
#undef LOCKWRAP_SYMBOL
#undef LOCKWRAP_INNER_SYMBOL
    ".popsection\n"

    ".pushsection .note.lockwrap,\"a\",%note\n"
    ".balign 4\n"
    ".long 9, 2f - 1f, 1\n"
    ".asciz \"lockwrap\"\n"
    ".balign 4\n"
    "1:\n"
    ".long 1\n"
    ".long lockwrap_code_begin - .\n"
    ".long lockwrap_code_end - .\n"
    ".long lockwrap_table - .\n"
    ".long " LOCKWRAP_JUMP_BYTES "\n"
    ".asciz \"" LOCKWRAP_VERSION "\"\n"
    ".asciz \"" LOCKWRAP_LIBC "\"\n"
#define LOCKWRAP_SYMBOL(family, name) LOCKWRAP_IF_HAS_##name(".asciz \"" #family ":" #name "\"\n")
#define LOCKWRAP_TIME64(family, name, other_name) LOCKWRAP_IF_HAS_##other_name(".asciz \"" #family ":" #other_name "\"\n")
#define LOCKWRAP_INNER_SYMBOL(family, name, neighbour) LOCKWRAP_IF_HAS_##name(".asciz \"" #family "!" #name "\"\n")
#include "wrapped_symbols.def"
#undef LOCKWRAP_TIME64
#undef LOCKWRAP_SYMBOL
#undef LOCKWRAP_INNER_SYMBOL
    ".asciz \"\"\n"
    ".balign 4\n"
    "2:\n"
    ".popsection\n"
#if defined(__riscv)
    ".option pop\n"
#endif
);

// As many as `lockwrap check` counts.
constexpr uint32_t kNames = 0
#define LOCKWRAP_SYMBOL(family, name) LOCKWRAP_IF_HAS_##name(+1)
#define LOCKWRAP_TIME64(family, name, other_name) LOCKWRAP_IF_HAS_##other_name(+1)
#define LOCKWRAP_INNER_SYMBOL(family, name, neighbour)  // no program calls it
#include "wrapped_symbols.def"
    ;
#undef LOCKWRAP_TIME64
#undef LOCKWRAP_SYMBOL
#undef LOCKWRAP_INNER_SYMBOL
extern "C" const uint32_t lockwrap_wrapped_functions = kNames;
