"""`python -m prunesweep.worker.doctor`: the checks of `sweep doctor` that need torch. JSON request on stdin, JSON
lines out.

Request: {"devices": "all", "dataset": {fields of DatasetRef}, "data": "/folder", "about": what its line begins with},
all but the first as wanted; events: {"event": "check", "name", "ok", "message"}.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from prunesweep.core.devices import parse_devices
from prunesweep.core.drivers import driver_version
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.plan.datasets import DatasetRef


def main() -> int:
    """Run the checks; always 0, what is wrong stands in the events."""
    request = json.loads(sys.stdin.readline())
    _check("devices", lambda: _devices(request["devices"]))
    if "dataset" in request:
        ref, data = DatasetRef(**request["dataset"]), Path(request["data"])
        _check("dataset", lambda: request["about"] + _dataset(ref, data))
    return 0


def _check(name: str, check: Callable[[], str]) -> None:
    try:
        good, message = True, check()
    except (UserError, StageError, ImportError) as error:
        good, message = False, str(error)
    print(json.dumps({"event": "check", "name": name, "ok": good, "message": message}), flush=True)


def _devices(text: str) -> str:
    devices = parse_devices(text)
    import torch

    from prunesweep.worker.trainer.device import try_device

    for device in devices:
        try_device(device)
    names = [
        f"cpu ({torch.get_num_threads()} threads)"
        if device == "cpu"
        else f"{device} ({torch.cuda.get_device_name(device)})"
        for device in devices
    ]
    driver = driver_version() if any(device != "cpu" for device in devices) else None
    return f"{', '.join(names)}, torch {torch.__version__}" + (f", driver {driver}" if driver else "")


def _dataset(ref: DatasetRef, data: Path) -> str:
    from prunesweep.core.training.datasets import check_dataset

    return check_dataset(ref, data)


if __name__ == "__main__":
    sys.exit(main())
