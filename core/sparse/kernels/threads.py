"""Routines by which threads run a program of calls together, wait for each other and sleep between runs.

They are called as the kernels are, with one pointer to their arguments in rdi. rbx, r12 and r13 belong to the caller
(System V), so they are saved where they are used. `tests/sparse/test_threads.py` compares every line with a
disassembler's reading.
"""

from prunesweep.core.sparse.codegen.labels import Routine

RUN = Routine("""
        push rbx                          53
        mov rbx, rdi                      48 89 fb
next:   mov rax, qword ptr [rbx]          48 8b 03
        test rax, rax                     48 85 c0
        je end
        mov rdi, qword ptr [rbx + 8]      48 8b 7b 08
        add rbx, 0x10                     48 83 c3 10
        call rax                          ff d0
        jmp next
end:    pop rbx                           5b
        ret                               c3
""")
"""Calls each (function, argument) of a list that ends with a null. rbx: the present entry."""

STAMP = Routine("""
        rdtsc                             0f 31
        shl rdx, 0x20                     48 c1 e2 20
        or rax, rdx                       48 09 d0
        mov rcx, qword ptr [rdi]          48 8b 0f
        mov qword ptr [rcx], rax          48 89 01
        ret                               c3
""")
"""Writes the time stamp counter. Arguments: the address to write to."""

FETCH = Routine("""
        mov rsi, qword ptr [rdi]          48 8b 37
        mov rcx, qword ptr [rdi + 8]      48 8b 4f 08
next:   prefetcht0 byte ptr [rsi]         0f 18 0e
        add rsi, 0x40                     48 83 c6 40
        dec rcx                           48 ff c9
        jne next
        ret                               c3
""")
"""Brings lines of 64 bytes into the caches without waiting for them. Arguments: address, lines."""

WAIT = Routine("""
        mov edx, dword ptr [rdi]          8b 17
again:  mov ecx, 0x3e8                    b9 e8 03 00 00
look:   cmp edx, dword ptr [rdi + 0x18]   3b 57 18
        je end
        pause                             f3 90
        dec ecx                           ff c9
        jne look
        mov eax, 0x18                     b8 18 00 00 00  ; sched_yield
        syscall                           0f 05
        jmp again
end:    ret                               c3
""")
"""Waits until a post's last finished start is its last start; lets others run after 1,000 looks. Arguments: a post."""

BARRIER = Routine("""
        mov edx, dword ptr [rdi + 4]      8b 57 04
        mov ecx, 1                        b9 01 00 00 00
        lock xadd dword ptr [rdi], ecx    f0 0f c1 0f
        inc ecx                           ff c1
        cmp ecx, dword ptr [rdi + 8]      3b 4f 08
        je last
again:  mov ecx, 0x3e8                    b9 e8 03 00 00
spin:   pause                             f3 90
        cmp edx, dword ptr [rdi + 4]      3b 57 04
        jne end
        dec ecx                           ff c9
        jne spin
        mov eax, 0x18                     b8 18 00 00 00  ; sched_yield
        syscall                           0f 05
        jmp again
end:    ret                               c3
last:   mov dword ptr [rdi], 0            c7 07 00 00 00 00
        inc dword ptr [rdi + 4]           ff 47 04
        ret                               c3
""")
"""Waits for all parties: the last to arrive opens the next generation. Arguments: {arrived, generation, parties} of
int32."""

SERVE = Routine("""
        push rbx                          53
        push r12                          41 54
        push r13                          41 55
        mov rbx, qword ptr [rdi]          48 8b 1f
        mov r13, qword ptr [rdi + 8]      4c 8b 6f 08
        xor r12d, r12d                    45 31 e4
watch:  mov ecx, 0x7d0                    b9 d0 07 00 00
look:   mov eax, dword ptr [rbx]          8b 03
        cmp eax, r12d                     44 39 e0
        jne go
        pause                             f3 90
        dec ecx                           ff c9
        jne look
        mov eax, 0xca                     b8 ca 00 00 00  ; futex
        mov rdi, rbx                      48 89 df
        mov esi, 0x80                     be 80 00 00 00  ; wait, private
        mov edx, r12d                     44 89 e2
        xor r10, r10                      4d 31 d2
        syscall                           0f 05
        jmp watch
go:     mov r12d, eax                     41 89 c4
        cmp dword ptr [rbx + 8], 0        83 7b 08 00
        jne end
        mov rdi, qword ptr [rbx + 0x10]   48 8b 7b 10
        call r13                          41 ff d5
        mov dword ptr [rbx + 0x18], r12d  44 89 63 18
        jmp watch
end:    pop r13                           41 5d
        pop r12                           41 5c
        pop rbx                           5b
        ret                               c3
""")
"""Runs a post's program at each new start, until it says stop. Watches its counter some 50 µs, then sleeps on it
(futex). Arguments: a post, the address of `RUN`. rbx: the post. r12: the last start. r13: the address of `RUN`."""
