"""The routines of the engine's threads, read back by a disassembler that knows nothing of their listing."""

import pytest

from prunesweep.core.sparse.codegen.labels import Routine
from prunesweep.core.sparse.kernels import threads
from tests.sparse.disassembly import instructions

ROUTINES = ("RUN", "STAMP", "FETCH", "WAIT", "BARRIER", "SERVE")
BRANCHES = {
    "RUN": {"je": ["pop rbx"], "jmp": ["mov rax, qword ptr [rbx]"]},
    "STAMP": {},
    "FETCH": {"jne": ["prefetcht0 byte ptr [rsi]"]},
    "WAIT": {"je": ["ret"], "jne": ["cmp edx, dword ptr [rdi + 0x18]"], "jmp": ["mov ecx, 0x3e8"]},
    "BARRIER": {"je": ["mov dword ptr [rdi], 0"], "jne": ["ret", "pause"], "jmp": ["mov ecx, 0x3e8"]},
    "SERVE": {
        "jne": ["mov r12d, eax", "mov eax, dword ptr [rbx]", "pop r13"],
        "jmp": ["mov ecx, 0x7d0", "mov ecx, 0x7d0"],
    },
}
"""The instructions at which each routine's jumps arrive, in order."""


@pytest.mark.parametrize("name", ROUTINES)
def test_a_routine_is_what_its_listing_says(name: str) -> None:
    routine: Routine = getattr(threads, name)
    found = instructions(routine.code)
    at = dict(found)
    arrives: dict[str, list[str]] = {}
    for line, (start, text) in zip(routine.lines, found, strict=True):
        if line.label:
            assert routine.labels[line.label] == start
        if line.target is None:
            assert text == line.text
            continue
        mnemonic, place = text.split()
        assert mnemonic == line.text.split()[0]
        assert int(place, 16) == routine.labels[line.target]
        arrives.setdefault(mnemonic, []).append(at[int(place, 16)])
    assert arrives == BRANCHES[name]


@pytest.mark.parametrize("name", ROUTINES)
def test_a_routine_restores_the_callers_registers(name: str) -> None:
    """System V: rbx, rbp and r12 to r15 belong to the caller; what is pushed is popped in reverse order."""
    lines = [text for _, text in instructions(getattr(threads, name).code)]
    pushed = [text.split()[1] for text in lines if text.startswith("push")]
    assert pushed == [text.split()[1] for text in lines if text.startswith("pop")][::-1]
    kept = {"rbx", "rbp", "r12", "r13", "r14", "r15"}
    written = {text.split()[1].rstrip(",") for text in lines if text.startswith(("mov", "xor", "add", "dec", "inc"))}
    assert {f"{register.removesuffix('d')}" for register in written} & kept <= set(pushed)
    assert lines[-1] == "ret"


@pytest.mark.parametrize(
    ("listing", "message"),
    [
        ("je end\nend: mov rax, rbx", "needs its bytes"),
        ("je end  74 00\nend: ret  c3", "a jump has none"),
        ("jmp end\n" + "ret  c3\n" * 128 + "end: ret  c3", "128 bytes are too far"),
        ("  ;", "no instruction"),
    ],
)
def test_a_wrong_listing_is_refused(listing: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _ = Routine(listing).code
    with pytest.raises(KeyError, match="nowhere"):
        _ = Routine("jmp nowhere").code
