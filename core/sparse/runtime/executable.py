"""Memory that holds machine code: writable while it is filled, executable afterwards, never both."""

import ctypes
import mmap
from collections.abc import Callable, Sequence

_ALIGNMENT = 64
_READ_EXECUTE = 5


class Executable:
    """Functions of machine code, each called with one pointer. They live as long as this object."""

    def __init__(self, functions: Sequence[bytes]) -> None:
        """
        Raises:
            OSError: the system grants no executable memory.
        """
        starts, size = [], 0
        for code in functions:
            starts.append(size)
            size += -(-len(code) // _ALIGNMENT) * _ALIGNMENT
        self._memory = mmap.mmap(-1, max(size, 1))
        for start, code in zip(starts, functions, strict=True):
            self._memory[start : start + len(code)] = code
        view = ctypes.c_char.from_buffer(self._memory)
        base = ctypes.addressof(view)
        libc = ctypes.CDLL(None, use_errno=True)
        length = -(-max(size, 1) // mmap.PAGESIZE) * mmap.PAGESIZE
        if libc.mprotect(ctypes.c_void_p(base), ctypes.c_size_t(length), _READ_EXECUTE) != 0:
            raise OSError(ctypes.get_errno(), "no executable memory")
        self.addresses = tuple(base + start for start in starts)
        """Where each function begins."""
        self.sizes = tuple(len(code) for code in functions)
        """Bytes of each."""

    def function(self, number: int) -> Callable[[int], None]:
        """Return the function as something to call; Python's lock is released meanwhile."""
        call: Callable[[int], None] = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.addresses[number])
        return call
