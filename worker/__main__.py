"""`python -m prunesweep.worker --devices cpu|cuda:0,cuda:1|all`: a worker, after the checks that a person can act
on."""

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
import warnings
from collections.abc import Sequence

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.loading import loading

_TRY_SECONDS = 300
"""Importing torch from a cold network disk takes a minute, and a first CUDA context some seconds."""
_COMPILE_SECONDS = 900
"""A first compilation imports much more than torch, and runs a C++ compiler."""
_NEEDED = ("numpy", "torch", "torchvision", "safetensors", "sklearn", "tenacity", "zstandard")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker until TERM or INT; returns the exit code: 2 for what the user can put right."""
    parser = argparse.ArgumentParser(prog="sweep worker", description=__doc__)
    parser.add_argument("--devices", help="cpu, cuda:0,cuda:1 or all (default: SWEEP_DEVICES, else all)")
    parser.add_argument("--per-device", help="trainers on each device, or auto (default: SWEEP_PER_DEVICE, else 1)")
    parser.add_argument("--compile", action="store_true", help="compile each network (default: SWEEP_COMPILE, else no)")
    options = parser.parse_args(arguments)
    if options.per_device is not None:
        os.environ["SWEEP_PER_DEVICE"] = options.per_device
    if options.compile:
        os.environ["SWEEP_COMPILE"] = "yes"
    try:
        _check(options.devices)
    except UserError as error:
        print(f"sweep: {error}", file=sys.stderr)
        return 2
    return _work()


def _check(devices: str | None) -> None:
    """Raise UserError for what would keep this machine from working. Sets SWEEP_DEVICES."""
    need("worker", modules=_NEEDED)
    from prunesweep.core.preflight import check_machine
    from prunesweep.core.settings import load_settings

    settings = load_settings()
    chosen = check_machine(settings, devices)
    if chosen != "cpu" or settings.compiled:
        check_devices(chosen)
    os.environ["SWEEP_DEVICES"] = chosen


def check_devices(devices: str) -> None:
    """Try the devices in a process of its own, as `sweep doctor` does: a GPU that is listed may be unusable. And the
    compiler, where SWEEP_COMPILE wants one.

    Raises:
        UserError: torch cannot use one of them.
    """
    from prunesweep.core.settings import load_settings

    request = json.dumps({"devices": devices}).encode() + b"\n"
    # -P: a folder called `worker` where the user stands must not be taken for ours.
    command = [sys.executable, "-P", "-m", "prunesweep.core.jobs", "prunesweep.worker.doctor"]
    seconds = _COMPILE_SECONDS if load_settings().compiled else _TRY_SECONDS
    try:
        ran = subprocess.run(command, input=request, stdout=subprocess.PIPE, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        if error.stdout:  # the devices are well
            fix = f"the compiler was not ready within {seconds} s; leave it out on a machine that is so busy"
            raise UserError("SWEEP_COMPILE", "yes", fix) from None
        raise UserError("devices", devices, f"did not answer within {seconds} s") from None
    checks = [json.loads(line) for line in ran.stdout.splitlines()]
    if not checks:
        raise UserError("devices", devices, f"cannot be tried (exit code {ran.returncode})")
    for check in checks:
        if not check["ok"]:
            field, value = ("SWEEP_COMPILE", "yes") if check["name"] == "compiler" else ("devices", devices)
            raise UserError(field, value, check["message"])


def _work() -> int:
    with loading():
        from celery.exceptions import SecurityWarning

        from prunesweep.worker.app import app

    # Root is fine in a container, and nothing but JSON is ever read.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.conf.worker_log_format = "%(asctime)s %(levelname).1s %(message)s"
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)
    worker = app.Worker(
        hostname=f"sweep-{os.getpid()}@{platform.node() or 'host'}",
        pool_cls="threads",
        loglevel="INFO",
        quiet=True,
        without_mingle=True,
        without_gossip=True,
    )
    worker.start()
    return worker.exitcode or 0


if __name__ == "__main__":
    sys.exit(main())
