"""How far an upload or a download is whose client does not say: by the kernel's counts of all TCP connections.

An object is sent in one request, so that it is there whole or not at all; the client reports nothing until the answer
comes. The kernel knows what the other side has acknowledged (Linux; elsewhere nothing is counted).
"""

import os
import socket
import stat
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

_SECONDS = 0.5
"""Between two looks."""
_COUNTS_AT = 120
"""Where `tcpi_bytes_acked` and `tcpi_bytes_received`, 64 bits each, lie in `tcp_info` (linux/tcp.h, Linux 4.1)."""
_COUNTS = struct.Struct("=QQ")
_FILES = Path("/proc/self/fd")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Traffic:
    """Bytes that the other sides have acknowledged, and that came from them."""

    sent: int
    received: int


@dataclass
class _Outcome(Generic[_T]):
    value: _T | None = None
    error: BaseException | None = None


def followed(act: Callable[[], _T], report: Callable[[Traffic], None], seconds: float = _SECONDS) -> _T:
    """Return what `act` returns, and raise what it raises. It runs in a thread of its own; meanwhile `report` is called
    here, every so many seconds, with what this process has sent and received since the beginning."""
    before, outcome, ended = _connections(), _Outcome[_T](), threading.Event()

    def run() -> None:
        try:
            outcome.value = act()
        except BaseException as error:  # raised again below, in the thread that waits
            outcome.error = error
        finally:
            ended.set()

    threading.Thread(target=run, name="transfer", daemon=True).start()
    counts: dict[int, Traffic] = {}
    while not ended.wait(seconds):
        counts |= _connections()  # those that were closed count on
        report(_since(before, counts))
    if outcome.error is not None:
        raise outcome.error
    return outcome.value  # type: ignore[return-value]


def _since(before: Mapping[int, Traffic], now: Mapping[int, Traffic]) -> Traffic:
    none = Traffic(0, 0)
    pairs = [(before.get(inode, none), count) for inode, count in now.items()]
    return Traffic(
        sum(max(0, count.sent - old.sent) for old, count in pairs),
        sum(max(0, count.received - old.received) for old, count in pairs),
    )


def _connections() -> dict[int, Traffic]:
    """Return the counts of all TCP connections of this process, by their sockets' inodes."""
    found: dict[int, Traffic] = {}
    with suppress(OSError):
        for file in _FILES.iterdir():
            with suppress(OSError):  # closed meanwhile, or no TCP connection
                descriptor = int(file.name)
                facts = os.fstat(descriptor)
                if stat.S_ISSOCK(facts.st_mode):
                    found[facts.st_ino] = _counts(descriptor)
    return found


def _counts(descriptor: int) -> Traffic:
    with socket.socket(fileno=os.dup(descriptor)) as one:
        if one.family not in (socket.AF_INET, socket.AF_INET6):
            raise OSError("not TCP")
        info = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _COUNTS_AT + _COUNTS.size)
    if len(info) < _COUNTS_AT + _COUNTS.size:
        raise OSError("an older kernel")
    return Traffic(*_COUNTS.unpack_from(info, _COUNTS_AT))
