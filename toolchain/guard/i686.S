# 32-bit x86, System V calling convention: `lockwrap_guard NAME` makes __wrap_NAME.
#
# Arguments are on the stack, which stays as it is, or in eax, edx and ecx (regparm, fastcall; ecx is the static chain too); vectors are in
# the vector registers 0 to 2. (Those of MMX are not kept: they are the x87's, which is empty at a call.) No register is left for the way
# on, so the function's address is put on the stack and returned to. It comes from the global offset table: no jump by the procedure linkage table
# without its caller's ebx.
# lockwrap_runtime_may_hold leaves the vector registers alone. Before lockwrap_runtime_guard they are kept, as wide as processor
# and kernel make them: what runs there may use AVX, which would clear the upper halves.
# Runs: in every guarded call.
        .att_syntax prefix

        .macro  lockwrap_guard_keep move, register
        .irp    number, 0, 1, 2
        \move   %\register\number, 16+\number*64(%esp)
        .endr
        .endm
        .macro  lockwrap_guard_give_back move, register
        .irp    number, 0, 1, 2
        \move   16+\number*64(%esp), %\register\number
        .endr
        .endm

        .pushsection .text,"ax",@progbits
        .p2align 4
        .type   lockwrap_guard_look, @function
lockwrap_guard_look:                            # ebx: the name; the stub has pushed room for an address, and ebx
        .cfi_startproc
        .cfi_def_cfa_offset 4
        pushl   %ebp
        .cfi_def_cfa_offset 8
        .cfi_offset %ebp, -8
        movl    %esp, %ebp
        .cfi_def_cfa_register %ebp
        pushl   %eax
        pushl   %ecx
        pushl   %edx
        pushl   %esi                            # at -16(%ebp)
        .cfi_offset %esi, -24
        subl    $16, %esp
        andl    $-16, %esp
        movl    16(%ebp), %eax                  # where the guarded call returns to
        movl    %eax, (%esp)
        call    lockwrap_runtime_may_hold
        testl   %eax, %eax
        jnz     .Llockwrap_guard_tell
.Llockwrap_guard_go_on:
        leal    -16(%ebp), %esp
        popl    %esi
        .cfi_remember_state
        .cfi_restore %esi
        popl    %edx
        popl    %ecx
        popl    %eax
        popl    %ebp
        .cfi_def_cfa %esp, 4
        .cfi_restore %ebp
        ret
        .cfi_restore_state

.Llockwrap_guard_tell:
        subl    $208, %esp                      # two arguments; three registers of 64 bytes
        call    1f
1:      popl    %esi
        leal    lockwrap_guard_state-1b(%esi), %esi
        cmpl    $0, (%esi)
        jne     3f
        pushl   %ebx                            # asked once: a virtual machine takes its time for the answer
        movl    $1, %eax
        xorl    %ecx, %ecx
        cpuid
        popl    %ebx
        movl    $1, %eax
        testl   $0x02000000, %edx               # SSE
        jz      2f
        orl     $0x02, %eax
        testl   $0x08000000, %ecx               # OSXSAVE: the kernel tells which state it keeps
        jz      2f
        xorl    %ecx, %ecx
        xgetbv
        andl    $0xe6, %eax                     # SSE, AVX, and three parts of AVX-512
        orl     $1, %eax
2:      movl    %eax, (%esi)
3:      movl    (%esi), %esi
        cmpl    $0xe7, %esi
        je      5f
        testl   $0x04, %esi
        jnz     4f
        testl   $0x02, %esi
        jz      6f
        lockwrap_guard_keep movups, xmm
        jmp     6f
4:      lockwrap_guard_keep vmovups, ymm
        jmp     6f
5:      lockwrap_guard_keep vmovups, zmm
6:      movl    16(%ebp), %eax
        movl    %eax, 4(%esp)
        movl    %ebx, (%esp)
        call    lockwrap_runtime_guard
        cmpl    $0xe7, %esi
        je      8f
        testl   $0x04, %esi
        jnz     7f
        testl   $0x02, %esi
        jz      .Llockwrap_guard_go_on
        lockwrap_guard_give_back movups, xmm
        jmp     .Llockwrap_guard_go_on
7:      lockwrap_guard_give_back vmovups, ymm
        jmp     .Llockwrap_guard_go_on
8:      lockwrap_guard_give_back vmovups, zmm
        jmp     .Llockwrap_guard_go_on
        .cfi_endproc
        .size   lockwrap_guard_look, . - lockwrap_guard_look
        .popsection
        .pushsection .bss,"aw",@nobits
        .p2align 2
        .type   lockwrap_guard_state, @object
        .size   lockwrap_guard_state, 4
lockwrap_guard_state:                           # 1, and the parts of XCR0 above; 0: not asked yet
        .zero   4
        .popsection

        .macro  lockwrap_guard name
        .pushsection .text,"ax",@progbits
        .p2align 4
        .globl  __wrap_\name
        .hidden __wrap_\name
        .type   __wrap_\name, @function
__wrap_\name:
        .cfi_startproc
        endbr32
        pushl   %ebx                            # room for the function's address
        .cfi_def_cfa_offset 8
        pushl   %ebx
        .cfi_def_cfa_offset 12
        .cfi_offset %ebx, -12
        call    7f
7:      popl    %ebx
        addl    $_GLOBAL_OFFSET_TABLE_+(.-7b), %ebx
        pushl   __real_\name@GOT(%ebx)
        popl    4(%esp)
        leal    9f@GOTOFF(%ebx), %ebx
        call    lockwrap_guard_look
        popl    %ebx
        .cfi_def_cfa_offset 8
        .cfi_restore %ebx
        ret
        .cfi_endproc
        .size   __wrap_\name, . - __wrap_\name
        .popsection
        .pushsection .rodata.str1.1,"aMS",@progbits,1
9:      .asciz  "\name"
        .popsection
        .endm
