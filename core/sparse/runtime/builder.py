"""What a network for one image is put together from, before its code has an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.assembler import Op
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.gathering import gathering
from prunesweep.core.sparse.runtime.executable import Executable
from prunesweep.core.sparse.runtime.program import Call, Job, ProgramStep, aligned


@dataclass(frozen=True, eq=False)
class PendingCall:
    """A call that still lacks its code's address. words: its arguments."""

    function: int
    words: tuple[int, ...]


Draft = list[tuple[tuple[PendingCall, ...], float]]
"""A step: calls that follow each other, and their cost, for each of its jobs."""


class CodeParts:
    """Functions, and the arrays that they read and write."""

    def __init__(self, threads: int, target: Target) -> None:
        self.threads, self.target = threads, target
        self._functions: list[bytes] = []
        self._kept: list[np.ndarray] = []
        self._passing: dict[tuple[str, int, int], np.ndarray] = {}

    def function(self, code: bytes) -> int:
        """Add a function; return its number."""
        self._functions.append(code)
        return len(self._functions) - 1

    def keep(self, array: np.ndarray) -> int:
        """Keep an array for as long as this object lives; return its address."""
        self._kept.append(array)
        return int(array.ctypes.data)

    def rows(self, count: int, pitch: int) -> np.ndarray:
        """Return float32 [count, pitch]; whole vectors may be read from each row."""
        array = aligned((count, pitch), slack=self.target.lanes * 4)
        self._kept.append(array)
        return array

    def passing(self, use: str, count: int, pitch: int) -> np.ndarray:
        """Return the same as `rows`, for what nobody reads after this layer: all layers that put as much to the same
        use get the same memory, which stays in the caches."""
        if (use, count, pitch) not in self._passing:
            self._passing[use, count, pitch] = self.rows(count, pitch)
        return self._passing[use, count, pitch]

    def executable(self) -> Executable:
        """
        Raises:
            OSError: the system grants no executable memory.
        """
        return Executable(self._functions)

    def gathered(self, source: np.ndarray, where: np.ndarray, into: np.ndarray, pool: Op | None = None) -> Draft:
        """Return channel after channel of `source`, what `gathering` brings `into` another order, or pools."""
        made = gathering(where, source.shape[1], self.target, pool=pool)
        table = aligned((len(made.table) // 4,)).view(np.uint8)
        table[:] = made.table
        function, read = self.function(made.code), self.keep(table)
        fill = self.keep(np.array([-np.inf if pool is asm.MAX else 0.0], np.float32))
        step = len(into) // len(source) * into.shape[1] * 4
        draft: Draft = []
        for part in even(len(source), self.threads):
            reads = source.ctypes.data + part.start * source.shape[1] * 4
            words = (reads, into.ctypes.data + part.start * step, part.stop - part.start, read, fill)
            draft.append(((PendingCall(function, words),), 1.0))
        return draft


def finished(draft: Draft, code: Executable) -> ProgramStep:
    """Return the step, now that its code has addresses."""
    jobs = []
    for pieces, cost in draft:
        words = [np.array(piece.words, np.int64) for piece in pieces]
        places = [(code.addresses[piece.function], code.sizes[piece.function]) for piece in pieces]
        calls = tuple(Call(at, word, (), size) for (at, size), word in zip(places, words, strict=True))
        jobs.append(Job(calls, cost))
    return ProgramStep(tuple(jobs))


def even(count: int, parts: int, by: np.ndarray | None = None) -> Sequence[slice]:
    """Split `count` things in up to `parts` runs of nearly equal weight `by`."""
    total = np.cumsum(np.ones(count) if by is None else by)
    edges = np.searchsorted(total, total[-1] * np.arange(1, parts) / parts)
    cuts = sorted({0, count, *(int(edge) for edge in edges)})
    return [slice(low, high) for low, high in pairwise(cuts)]
