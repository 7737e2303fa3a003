"""How many trainers a device should have: measured once for each network and device, and kept."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from prunesweep.core.io import write_whole
from prunesweep.core.private import make_private
from prunesweep.worker.log_tail import LogTail

COUNTS = (1, 2, 4, 8)
"""Trainers on a device that are tried, in this order."""
GAIN = 1.05
"""More trainers must give so much more than fewer."""
_ROOM = 0.9
"""Share of the device's free memory that trainers may take."""
_SECONDS = 900.0
"""For one count: importing torch from a cold network disk takes a minute, packing a dataset some."""


class NotMeasured(Exception):
    """A trainer did not get through the measurement; says why."""


@dataclass(frozen=True)
class RateReading:
    """What trainers beside each other came to.

    Attributes:
        images_per_s: of all together.
        bytes: of the device that the largest of them held.
        free: bytes of the device that were free before the first; 0 = not known.
    """

    images_per_s: float
    bytes: int = 0
    free: int = 0


@dataclass(frozen=True)
class TrainerChoice:
    """How many trainers a device should have.

    Attributes:
        rates: images a second by number of trainers, of those that were tried.
        reason: why no more were tried; "" = all were.
    """

    count: int
    rates: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    def __str__(self) -> str:
        tried = ", ".join(f"{count}: {rate:,.0f}" for count, rate in self.rates.items())
        return f"{self.count} (images/s by trainers: {tried}{f'; {self.reason}' if self.reason else ''})"


def choose(read: Callable[[int], RateReading]) -> TrainerChoice:
    """Return the number of trainers from which on more give no more than 5 % more, or don't fit.

    Raises:
        NotMeasured: not even one trainer gets through.
    """
    best, reason = 1, ""
    rates: dict[str, float] = {}
    first: RateReading | None = None
    for count in COUNTS:
        if first is not None and first.free and count * first.bytes > _ROOM * first.free:
            reason = f"{count} do not fit into {first.free / 2**30:.1f} GiB of memory"
            break
        try:
            reading = read(count)
        except NotMeasured as error:
            if first is None:
                raise
            reason = f"{count} failed: {error}"
            break
        first = first or reading
        rates[str(count)] = reading.images_per_s
        if count > 1 and reading.images_per_s <= GAIN * rates[str(best)]:
            break
        best = count
    return TrainerChoice(best, rates, reason)


class TrainerRates:
    """Measures with real trainers. `close` ends them from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[str]] = []
        self._closed = False

    def __call__(self, device: str, spec: str, places: Sequence[str]) -> TrainerChoice:
        """Return the choice for the stage's training on that device, which has nothing else to do.

        Raises:
            NotMeasured: as `choose` does, or it was closed.
        """
        request = json.dumps({"device": device, "spec": spec, "places": list(places)})
        return choose(lambda count: self._read(request, count))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def _read(self, request: str, count: int) -> RateReading:
        logs = [LogTail() for _ in range(count)]
        late = threading.Timer(_SECONDS, self._kill)
        late.daemon = True
        try:
            self._start(logs)
            late.start()
            answers = self._talk(request, logs)
        finally:
            late.cancel()
            self._kill()
            for process in self._running:
                process.communicate()
            self._running = []
            for log in logs:
                log.close()
        return RateReading(
            sum(float(last["images_per_s"]) for _, last in answers),
            max(int(last["bytes"]) for _, last in answers),
            int(answers[0][0]["free"]),
        )

    def _start(self, logs: Sequence[LogTail]) -> None:
        command = [sys.executable, "-P", "-m", "prunesweep.worker.trainer.rate", "--parent", str(os.getpid())]
        with self._lock:
            if self._closed:
                raise NotMeasured("the worker stops")
            pipe = subprocess.PIPE
            self._running = [
                subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log.fileno(), text=True) for log in logs
            ]

    def _talk(self, request: str, logs: Sequence[LogTail]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return what each said when it was warm, and at its end."""
        trainers = list(zip(self._running, logs, strict=True))
        for process, log in trainers:
            _send(process, log, request)
        warm = [_hear(process, log) for process, log in trainers]
        for process, log in trainers:
            _send(process, log, "go")
        return list(zip(warm, [_hear(process, log) for process, log in trainers], strict=True))

    def _kill(self) -> None:
        for process in self._running:
            process.kill()


def _send(process: "subprocess.Popen[str]", log: LogTail, line: str) -> None:
    try:
        process.stdin.write(line + "\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    except OSError:
        raise NotMeasured(log.last_line() or "it ended") from None


def _hear(process: "subprocess.Popen[str]", log: LogTail) -> dict[str, Any]:
    line = process.stdout.readline()  # type: ignore[union-attr]
    if not line:
        process.wait()
        raise NotMeasured((log.last_line() or f"it ended with exit code {process.returncode}")[:300])
    found: dict[str, Any] = json.loads(line)
    return found


class KeptChoices:
    """What was measured before on this machine, in one file; a damaged one counts as none."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, key: str) -> TrainerChoice | None:
        return self._read().get(key)

    def put(self, key: str, choice: TrainerChoice) -> None:
        """Keep a choice beside the others.

        Raises:
            OSError: it cannot be written.
        """
        kept = {name: asdict(one) for name, one in {**self._read(), key: choice}.items()}
        make_private(self._file.parent)
        write_whole(self._file, json.dumps(kept, indent=1, sort_keys=True) + "\n")

    def _read(self) -> dict[str, TrainerChoice]:
        with suppress(OSError, msgspec.DecodeError):  # not there; not JSON, or not of this shape
            found = msgspec.json.decode(self._file.read_bytes(), type=dict[str, TrainerChoice])
            return {key: choice for key, choice in found.items() if choice.count in COUNTS}
        return {}
