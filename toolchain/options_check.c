/* Linked beside the archive by `-llockwrap` (cmake/liblockwrap.a.ld). The program links only if the linker options define this symbol,
 * whose name every linker prints when they do not: else the archive would be passed by in silence, and nothing be wrapped.
 *
 * A note, because linkers keep notes with --gc-sections and look for what they refer to; and relative to its own place, because then no kind
 * of program needs a relocation when it starts. Its type, 3, is one that nobody reads: type 1 is lockwrap's own
 * note (wrap/wrapped_note.cpp), whose place in the program may be behind this one.
 * Runs: never. */
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

__asm__(
    ".section .note.lockwrap,\"a\",%note\n"
    ".p2align 2\n"
    ".long 9, 4, 3\n" /* bytes of the name and of the content, type */
    ".asciz \"lockwrap\"\n"
    ".p2align 2\n"
    ".long " TEXT(LOCKWRAP_OPTIONS_SYMBOL) " - .\n");
