"""What a slot's trainer uses of the machine: looked up by the worker once a heartbeat, without asking the trainer."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class ProcessUsage:
    """What a process uses; None = not known (yet, or it is gone).

    Attributes:
        cpu_percent: since the look before; 100 = one core.
        memory_bytes: resident.
    """

    cpu_percent: float | None = None
    memory_bytes: int | None = None


class ProcessMeter:
    """Looks at one process after the other; share of the CPU from the second look at each on."""

    def __init__(self) -> None:
        self._process: psutil.Process | None = None

    def look(self, pid: int | None) -> ProcessUsage:
        """Return what the process has used since the last look. pid: None = there is none now."""
        if pid is None:
            self._process = None
            return ProcessUsage()
        try:
            before = self._process
            if before is None or before.pid != pid or not before.is_running():
                self._process = psutil.Process(pid)
                self._process.cpu_percent()  # counts from here
                return ProcessUsage(None, self._process.memory_info().rss)
            return ProcessUsage(round(before.cpu_percent(), 1), before.memory_info().rss)
        except psutil.Error:
            self._process = None
            return ProcessUsage()
