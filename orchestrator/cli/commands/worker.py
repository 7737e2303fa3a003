"""`sweep worker`: becomes a worker process, or stands beside one that joins another host."""

import os
import sys

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.settings import load_settings, read_per_device
from prunesweep.orchestrator.torch_client import python


def worker(devices: str | None, per_device: str | None, join: str | None, compiled: bool) -> int:
    """Become a worker, of this machine's servers or of a host that is joined; return that one's exit code."""
    settings = load_settings()
    if devices is not None and devices.strip().startswith("-"):  # the worker would read it as an option of its own
        raise UserError("--devices", devices, "give cpu, cuda:0,cuda:1 or all")
    if per_device is not None:
        read_per_device(per_device, "--per-device")
    need("worker", "worker", modules=("torch",))
    sys.stdout.flush()
    options = [f"--devices={devices or settings.devices}", f"--per-device={per_device or settings.per_device_text}"]
    options += ["--compile"] if compiled else []
    if join is None:
        os.execv(sys.executable, python("prunesweep.worker", *options))  # noqa: S606 - our own program
    from prunesweep.orchestrator.serving.joined import work_joined

    return work_joined(join, options)
