# RISC-V, 64-bit: `lockwrap_guard NAME` makes __wrap_NAME.
#
# Arguments may be in a0 to a7, in fa0 to fa7 (lockwrap_float_bytes wide, 0: none) and on the stack, which stays as it is; t2 is the
# static chain. t1 is nobody's between a call and its function. Not kept: arguments in registers of the vector extension.
# lockwrap_runtime_may_hold leaves the float registers alone; before lockwrap_runtime_guard they are kept.
# Runs: in every guarded call.
        .macro  lockwrap_guard_floats move
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        \move   fa\number, \number*8(sp)
        .endr
        .endm

        .pushsection .text,"ax",@progbits
        .p2align 2
        .type   lockwrap_guard_look, @function
lockwrap_guard_look:                            # t1: the name; 8(sp): where the guarded call returns to
        .cfi_startproc
        addi    sp, sp, -96
        .cfi_def_cfa_offset 96
        sd      ra, 88(sp)
        .cfi_offset ra, -8
        sd      a0, 0(sp)
        sd      a1, 8(sp)
        sd      a2, 16(sp)
        sd      a3, 24(sp)
        sd      a4, 32(sp)
        sd      a5, 40(sp)
        sd      a6, 48(sp)
        sd      a7, 56(sp)
        sd      t2, 64(sp)
        sd      t1, 72(sp)
        ld      a0, 104(sp)
        call    lockwrap_runtime_may_hold@plt
        bnez    a0, 2f
1:      ld      t2, 64(sp)
        ld      a7, 56(sp)
        ld      a6, 48(sp)
        ld      a5, 40(sp)
        ld      a4, 32(sp)
        ld      a3, 24(sp)
        ld      a2, 16(sp)
        ld      a1, 8(sp)
        ld      a0, 0(sp)
        .cfi_remember_state
        ld      ra, 88(sp)
        .cfi_restore ra
        addi    sp, sp, 96
        .cfi_def_cfa_offset 0
        ret
        .cfi_restore_state
2:      ld      a0, 72(sp)
        ld      a1, 104(sp)
        addi    sp, sp, -64
        .cfi_def_cfa_offset 160
        .if     lockwrap_float_bytes == 8
        lockwrap_guard_floats fsd
        .elseif lockwrap_float_bytes == 4
        lockwrap_guard_floats fsw
        .endif
        call    lockwrap_runtime_guard@plt
        .if     lockwrap_float_bytes == 8
        lockwrap_guard_floats fld
        .elseif lockwrap_float_bytes == 4
        lockwrap_guard_floats flw
        .endif
        addi    sp, sp, 64
        .cfi_def_cfa_offset 96
        j       1b
        .cfi_endproc
        .size   lockwrap_guard_look, . - lockwrap_guard_look
        .popsection

        .macro  lockwrap_guard name
        .pushsection .text,"ax",@progbits
        .p2align 2
        .globl  __wrap_\name
        .hidden __wrap_\name
        .type   __wrap_\name, @function
__wrap_\name:
        .cfi_startproc
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        sd      ra, 8(sp)
        .cfi_offset ra, -8
        lla     t1, 8f
        call    lockwrap_guard_look
        ld      ra, 8(sp)
        .cfi_restore ra
        addi    sp, sp, 16
        .cfi_def_cfa_offset 0
        tail    __real_\name@plt
        .cfi_endproc
        .size   __wrap_\name, . - __wrap_\name
        .popsection
        .pushsection .rodata.str1.1,"aMS",@progbits,1
8:      .asciz  "\name"
        .popsection
        .endm
