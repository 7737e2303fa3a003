"""What a network comes to: calls of machine code, dealt out to threads that wait for each other where they must."""

import ctypes
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from prunesweep.core.sparse.kernels.threads import BARRIER, FETCH, RUN, SERVE, STAMP, WAIT
from prunesweep.core.sparse.runtime.executable import Executable

_FUTEX, _WAKE_PRIVATE = 202, 129
_LINE_BYTES, _LONG_BYTES = 64, 2048
_START, _STOP, _PROGRAM = 0, 1, 2  # and 3: the last start that is done


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a function at `address` with a pointer to `arguments` (int64).

    Attributes:
        kept: what the arguments point into, alive as long as the call is.
        size: bytes of the function.
    """

    address: int
    arguments: np.ndarray
    kept: tuple[object, ...] = ()
    size: int = 0


@dataclass(frozen=True, eq=False)
class Job:
    """Calls that follow each other on one thread.

    Attributes:
        cost: any unit.
        home: the thread it must run on.
    """

    calls: tuple[Call, ...]
    cost: float
    home: int | None = None


@dataclass(frozen=True, eq=False)
class ProgramStep:
    """Jobs that may run side by side. together: the next step needs all of them done, whichever thread did them."""

    jobs: tuple[Job, ...]
    together: bool = True


def aligned(shape: tuple[int, ...], fill: float = 0.0, slack: int = 16) -> np.ndarray:
    """Return a float32 array that begins at a multiple of 64 bytes, with `slack` floats behind it that may be read."""
    size = int(np.prod(shape))
    raw = np.full(size + 16 + slack, fill, np.float32)
    skip = -raw.ctypes.data % 64 // 4
    return raw[skip : skip + size].reshape(shape)


@dataclass(frozen=True, eq=False)
class Programs:
    """For each thread what it calls: int64 [calls, 2], address and argument pointer.

    Attributes:
        addresses: where these lie.
        kept: what they point to, but not the code.
    """

    calls: tuple[np.ndarray, ...]
    addresses: tuple[int, ...]
    kept: tuple[object, ...]


class ThreadPool:
    """`threads` threads, the caller's included, that run one program together. Helpers sleep between runs, and end
    with this object."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._code = Executable([each.code for each in (RUN, BARRIER, SERVE, STAMP, WAIT, FETCH)])
        self._run = self._code.function(0)
        self._meeting = np.array([0, 0, threads, 0], np.int32)
        self._posts = [np.zeros(8, np.int64) for _ in range(threads - 1)]
        self._libc = ctypes.CDLL(None)
        self._lock = threading.Lock()
        for post in self._posts:
            _start(self._code, post)
        weakref.finalize(self, _stop, self._posts, self._libc)

    def programs(self, steps: Sequence[ProgramStep]) -> Programs:
        """Return the steps dealt out to the threads."""
        barrier = Call(self._code.addresses[1], self._meeting)
        lists: list[list[Call]] = [[] for _ in range(self.threads)]
        for step in steps:
            load = [0.0] * self.threads
            for job in sorted(step.jobs, key=lambda job: -job.cost) if step.together else step.jobs:
                thread = int(np.argmin(load)) if job.home is None else job.home
                load[thread] += job.cost
                lists[thread] += job.calls
            if step.together and self.threads > 1:
                for calls in lists:
                    calls.append(barrier)
        lists = [list(self._fetched(calls)) for calls in lists]
        # Until a helper says so, it may still read its program.
        lists[0] += [Call(self._code.addresses[4], post) for post in self._posts]
        words = ([*((call.address, call.arguments.ctypes.data) for call in calls), (0, 0)] for calls in lists)
        made = tuple(np.array(each, np.int64) for each in words)
        return Programs(made, tuple(int(each.ctypes.data) for each in made), tuple(lists))

    def _fetched(self, calls: Sequence[Call]) -> Iterator[Call]:
        """While a call runs, the code of the next one comes into the caches: a processor fetches code that it has not
        run lately line by line, and waits for each."""
        for call, follower in pairwise([*calls, Call(0, np.zeros(0))]):
            if follower.size > _LONG_BYTES:
                lines = np.array([follower.address, -(-follower.size // _LINE_BYTES)], np.int64)
                yield Call(self._code.addresses[5], lines)
            yield call

    def timed(self, steps: Sequence[ProgramStep], rounds: int) -> np.ndarray:
        """Run all steps `rounds` times, one after the other as in use; ticks of the clock [rounds, steps]."""
        stamps = [np.zeros(1, np.int64) for _ in range(len(steps) + 1)]
        marked: list[ProgramStep] = []
        for number, stamp in enumerate(stamps):
            marked.append(ProgramStep((Job((self.stamp(stamp),), 0.0, home=0),)))
            marked += steps[number : number + 1]
        programs = self.programs(marked)
        ticks = np.empty((rounds, len(stamps)), np.int64)
        for number in range(rounds):
            self.run(programs)
            ticks[number] = [int(stamp[0]) for stamp in stamps]
        return np.diff(ticks, axis=1)

    def stamp(self, into: np.ndarray) -> Call:
        """Write the clock, in ticks, into an int64 array of one element."""
        return Call(self._code.addresses[3], np.array([into.ctypes.data], np.int64), (into,))

    def run(self, programs: Programs) -> None:
        """Run them, each on a thread of its own; return when all have ended."""
        with self._lock:
            first, *others = programs.addresses
            for post, program in zip(self._posts, others, strict=True):
                post[_PROGRAM] = program
                _call(post, self._libc)
            self._run(first)


def _start(code: Executable, post: np.ndarray) -> None:
    arguments = np.array([post.ctypes.data, code.addresses[0]], np.int64)

    threading.Thread(target=_served, args=(code, arguments, post), name="sparse-engine", daemon=True).start()


def _served(code: Executable, arguments: np.ndarray, _post: np.ndarray) -> None:
    """Holds on to the code and to what it reads until it returns."""
    code.function(2)(arguments.ctypes.data)


def _stop(posts: Sequence[np.ndarray], libc: ctypes.CDLL) -> None:
    for post in posts:
        post[_STOP] = 1
        _call(post, libc)


def _call(post: np.ndarray, libc: ctypes.CDLL) -> None:
    """Bumps the counter a helper watches, and wakes it."""
    post[_START] += 1
    libc.syscall(ctypes.c_long(_FUTEX), ctypes.c_void_p(post.ctypes.data), ctypes.c_int(_WAKE_PRIVATE), ctypes.c_int(1))
