// AArch64, AAPCS64: `lockwrap_guard NAME` makes __wrap_NAME.
//
// Arguments may be in x0 to x7, in v0 to v7 and on the stack, which stays as it is; x8 is the place of a large result, x18 the static
// chain. x16 and x17 are nobody's between a call and its function.
// Not kept: what SVE adds to v0 to v7, its predicates, and v8 to v23 as functions of the vector calling convention want it.
// lockwrap_runtime_may_hold leaves the vector registers alone; before lockwrap_runtime_guard they are kept.
// Runs: in every guarded call.
        .pushsection .text,"ax",%progbits
        .p2align 4
        .type   lockwrap_guard_look, %function
lockwrap_guard_look:                            // x16: the name; x29: the stub's frame, with the guarded call's return address
        .cfi_startproc
        stp     x29, x30, [sp, #-112]!
        .cfi_def_cfa_offset 112
        .cfi_offset x29, -112
        .cfi_offset x30, -104
        stp     x0, x1, [sp, #16]
        stp     x2, x3, [sp, #32]
        stp     x4, x5, [sp, #48]
        stp     x6, x7, [sp, #64]
        stp     x8, x18, [sp, #80]
        str     x16, [sp, #96]
        ldr     x0, [x29, #8]
        mov     x29, sp
        .cfi_def_cfa_register x29
        bl      lockwrap_runtime_may_hold
        cbnz    w0, 2f
1:      ldp     x8, x18, [sp, #80]
        ldp     x6, x7, [sp, #64]
        ldp     x4, x5, [sp, #48]
        ldp     x2, x3, [sp, #32]
        ldp     x0, x1, [sp, #16]
        .cfi_remember_state
        ldp     x29, x30, [sp], #112
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        .cfi_restore_state
2:      stp     q0, q1, [sp, #-128]!
        stp     q2, q3, [sp, #32]
        stp     q4, q5, [sp, #64]
        stp     q6, q7, [sp, #96]
        ldr     x0, [x29, #96]
        ldr     x1, [x29]
        ldr     x1, [x1, #8]
        bl      lockwrap_runtime_guard
        ldp     q6, q7, [sp, #96]
        ldp     q4, q5, [sp, #64]
        ldp     q2, q3, [sp, #32]
        ldp     q0, q1, [sp], #128
        b       1b
        .cfi_endproc
        .size   lockwrap_guard_look, . - lockwrap_guard_look
        .popsection

        .macro  lockwrap_guard name
        .pushsection .text,"ax",%progbits
        .p2align 4
        .globl  __wrap_\name
        .hidden __wrap_\name
        .type   __wrap_\name, %function
__wrap_\name:
        .cfi_startproc
        hint    #34                             // bti c
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        adrp    x16, 8f
        add     x16, x16, :lo12:8f
        bl      lockwrap_guard_look
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa_offset 0
        .cfi_restore x29
        .cfi_restore x30
        b       __real_\name
        .cfi_endproc
        .size   __wrap_\name, . - __wrap_\name
        .popsection
        .pushsection .rodata.str1.1,"aMS",%progbits,1
8:      .asciz  "\name"
        .popsection
        .endm
