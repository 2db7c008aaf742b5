# x86-64, System V calling convention: `lockwrap_guard NAME` makes __wrap_NAME.
#
# Arguments may be in rdi rsi rdx rcx r8 r9, in the vector registers 0 to 7 (how many is in al, for variadic functions) and on the
# stack, which stays as it is; r10 is the static chain. r11 is nobody's between a call and its function.
# lockwrap_runtime_may_hold leaves the vector registers alone. Before lockwrap_runtime_guard they are kept, as wide as processor
# and kernel make them: what runs there may use AVX, which would clear the upper halves.
# Runs: in every guarded call.
        .att_syntax prefix

        .macro  lockwrap_guard_keep move, register
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        \move   %\register\number, \number*64(%rsp)
        .endr
        .endm
        .macro  lockwrap_guard_give_back move, register
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        \move   \number*64(%rsp), %\register\number
        .endr
        .endm

        .pushsection .text,"ax",@progbits
        .p2align 4
        .type   lockwrap_guard_look, @function
lockwrap_guard_look:                            # r11: the name; 8(%rsp): where the guarded call returns to
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        pushq   %rcx
        pushq   %r8
        pushq   %r9
        pushq   %rax
        pushq   %r10
        pushq   %r11                            # at -72(%rbp)
        movq    16(%rbp), %rdi
        call    lockwrap_runtime_may_hold@PLT
        testl   %eax, %eax
        jnz     .Llockwrap_guard_tell
.Llockwrap_guard_go_on:
        popq    %r11
        popq    %r10
        popq    %rax
        popq    %r9
        popq    %r8
        popq    %rcx
        popq    %rdx
        popq    %rsi
        popq    %rdi
        .cfi_remember_state
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        .cfi_restore %rbp
        ret
        .cfi_restore_state

.Llockwrap_guard_tell:
        pushq   %rbx
        .cfi_offset %rbx, -96
        subq    $520, %rsp                      # eight registers of 64 bytes; rsp is a multiple of 16 again
        movl    lockwrap_guard_state(%rip), %ebx
        testl   %ebx, %ebx
        jnz     2f
        movl    $1, %eax                        # asked once: a virtual machine takes its time for the answer
        xorl    %ecx, %ecx
        cpuid
        movl    $1, %ebx
        testl   $0x08000000, %ecx               # OSXSAVE: the kernel tells which state it keeps
        jz      1f
        xorl    %ecx, %ecx
        xgetbv
        andl    $0xe6, %eax                     # SSE, AVX, and three parts of AVX-512
        orl     %eax, %ebx
1:      movl    %ebx, lockwrap_guard_state(%rip)
2:      cmpl    $0xe7, %ebx
        je      4f
        testl   $0x04, %ebx
        jnz     3f
        lockwrap_guard_keep movups, xmm
        jmp     5f
3:      lockwrap_guard_keep vmovups, ymm
        jmp     5f
4:      lockwrap_guard_keep vmovups, zmm
5:      movq    -72(%rbp), %rdi
        movq    16(%rbp), %rsi
        call    lockwrap_runtime_guard@PLT
        cmpl    $0xe7, %ebx
        je      7f
        testl   $0x04, %ebx
        jnz     6f
        lockwrap_guard_give_back movups, xmm
        jmp     8f
6:      lockwrap_guard_give_back vmovups, ymm
        jmp     8f
7:      lockwrap_guard_give_back vmovups, zmm
8:      addq    $520, %rsp
        popq    %rbx
        .cfi_restore %rbx
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
        endbr64
        leaq    9f(%rip), %r11
        call    lockwrap_guard_look
        jmp     __real_\name@PLT
        .cfi_endproc
        .size   __wrap_\name, . - __wrap_\name
        .popsection
        .pushsection .rodata.str1.1,"aMS",@progbits,1
9:      .asciz  "\name"
        .popsection
        .endm
