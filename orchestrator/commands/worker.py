"""`sweep worker`: becomes a worker process."""

import os
import sys

from orchestrator.options import DevicesOption


def worker(devices: DevicesOption = None) -> None:
    """Work on whatever is submitted, until Ctrl-C; one slot per device."""
    from core.settings import load_settings
    from orchestrator.torchside import need_torch, python

    settings = load_settings()
    need_torch("worker")
    sys.stdout.flush()
    os.execv(sys.executable, python("worker", "--devices", devices or settings.devices))  # noqa: S606 - our own program
