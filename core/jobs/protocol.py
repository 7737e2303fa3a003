"""What the programs that the command line asks have in common: one JSON request in, JSON events out."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch

from prunesweep.core.cpus import capped, usable_cpus
from prunesweep.core.errors import StageError, UserError

Say = Callable[[dict[str, Any]], None]


def serve(answer: Callable[[dict[str, Any], Say], Iterator[dict[str, Any]]]) -> int:
    """Read the request, say every event of the answer; the exit code."""
    # Libraries may print: stdout is for events alone.
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(event: dict[str, Any]) -> None:
        print(json.dumps(event), file=events, flush=True)

    try:
        for event in answer(json.loads(sys.stdin.readline()), say):
            say(event)
    except UserError as error:
        fields = {"field": error.field, "value": str(error.value), "fix": error.fix}
        say({"event": "error", "message": str(error), **fields})
    except (StageError, OSError) as error:
        say({"event": "error", "message": str(error)})
    else:
        return 0
    return 2


def threads_of(asked: int) -> int:
    """Return how many CPU threads to use: those asked for, or torch's own number for 0.

    Raises:
        UserError: more than the CPUs that this process may use.
    """
    usable = usable_cpus()
    if asked > usable:
        raise UserError("threads", asked, f"this process may use {usable} CPUs; give at most as many")
    return asked or capped(torch.get_num_threads())


def device_of(name: str) -> torch.device:
    """Return the device of that name.

    Raises:
        UserError: no such device, or torch cannot use it here.
    """
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda") or (number and not (number.isascii() and number.isdigit())):
        raise UserError("device", name, "use cpu, cuda or cuda:NUMBER")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise UserError("device", name, f"this machine has {torch.cuda.device_count()} CUDA devices that torch can use")
    return torch.device(name)
