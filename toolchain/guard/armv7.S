@ ARMv7-A, AAPCS, in Thumb code: `lockwrap_guard NAME` makes __wrap_NAME.
@
@ Arguments may be in r0 to r3, in d0 to d7 (hard-float only: lockwrap_float_bytes is not 0) and on the stack, which stays as it is; a
@ linker's veneer may use ip on the way. The linker makes jumps to functions in Arm code.
@ lockwrap_runtime_may_hold leaves the vector registers alone; before lockwrap_runtime_guard they are kept.
@ Runs: in every guarded call.
        .syntax unified
        .thumb

        .pushsection .text,"ax",%progbits
        .p2align 2
        .thumb_func
        .type   lockwrap_guard_look, %function
lockwrap_guard_look:                            @ r4: the name; the stub has pushed r4 and the guarded call's return address
        .fnstart
        .cantunwind
        push    {r0, r1, r2, r3, ip, lr}
        ldr     r0, [sp, #28]
        bl      lockwrap_runtime_may_hold
        cbnz    r0, 2f
1:      pop     {r0, r1, r2, r3, ip, pc}
2:      mov     r0, r4
        ldr     r1, [sp, #28]
        .if     lockwrap_float_bytes
        vpush   {d0-d7}
        .endif
        bl      lockwrap_runtime_guard
        .if     lockwrap_float_bytes
        vpop    {d0-d7}
        .endif
        b       1b
        .fnend
        .size   lockwrap_guard_look, . - lockwrap_guard_look
        .popsection

        .macro  lockwrap_guard name
        .pushsection .text,"ax",%progbits
        .p2align 2
        .globl  __wrap_\name
        .hidden __wrap_\name
        .thumb_func
        .type   __wrap_\name, %function
__wrap_\name:
        .fnstart
        .cantunwind
        push    {r4, lr}
        adr     r4, 8f
        bl      lockwrap_guard_look
        pop     {r4, lr}
        b       __real_\name
        .fnend
        .p2align 2
8:      .asciz  "\name"
        .p2align 1
        .size   __wrap_\name, . - __wrap_\name
        .popsection
        .endm
