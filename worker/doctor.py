"""`python -m prunesweep.worker.doctor`: the checks of `sweep doctor` that need torch.

Request and answers: `prunesweep.core.jobs.programs.DOCTOR`.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from prunesweep.core.devices import parse_devices
from prunesweep.core.drivers import driver_version
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.jobs.answers import CheckedHere
from prunesweep.core.jobs.programs import DOCTOR
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Doctor
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.settings import COMPILED, Settings, load_settings


def checks(request: Doctor, say: Say) -> Iterator[CheckedHere]:  # noqa: ARG001 - nothing but the answers to say
    """Yield what each check found."""
    yield _check("devices", lambda: _devices(request.devices))
    settings = load_settings()
    if settings.compiled:
        yield _check("compiler", lambda: _compiler(request.devices, settings))
    if (ref := request.dataset) is not None:
        yield _check("dataset", lambda: request.about + _dataset(ref, Path(request.data)))


def _check(name: str, check: Callable[[], str]) -> CheckedHere:
    try:
        return CheckedHere(name, True, check())
    except (UserError, StageError, ImportError) as error:
        return CheckedHere(name, False, str(error))


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


def _compiler(text: str, settings: Settings) -> str:
    import torch

    from prunesweep.worker.trainer.compiler import try_compiler

    try:
        for device in parse_devices(text):
            try_compiler(torch.device(device), settings)
    except UserError as error:  # the check has a name already
        raise StageError(error.fix) from error
    return f"torch.compile works; what it makes is kept in {settings.home / COMPILED}"


def _dataset(ref: DatasetRef, data: Path) -> str:
    from prunesweep.core.training.datasets import check_dataset

    return check_dataset(ref, data)


if __name__ == "__main__":
    sys.exit(serve(DOCTOR, checks))
