"""The torch programs of `prunesweep.core.jobs` in the test's own process: the seconds that importing torch takes are
spent once, not for each question."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any

import pytest
import torch

from prunesweep.core.errors import StageError
from prunesweep.core.jobs import programs
from prunesweep.core.jobs.answers import decode
from prunesweep.core.jobs.protocol import respond
from tests.support.bursts import in_short_bursts

_PROGRAMS = {
    "bench": "measure",
    "costs": "measure",
    "doctor": "checks",
    "evaluate": "measure",
    "export": "convert",
    "import_weights": "convert",
    "network": "look",
    "pack": "pack",
    "reevaluate": "measure",
    "sensitivity": "measure",
    "verify": "verify",
}
"""Program → the function in it that answers."""
_ASKING = (
    "images",
    "cli.commands.audit",
    "cli.commands.bench",
    "cli.commands.costs",
    "cli.commands.doctor",
    "cli.commands.evaluate",
    "cli.commands.sensitivity",
    "cli.commands.verify",
    "export.files",
    "networks",
    "run.local_run",
    "run.weights",
)
"""Modules of the orchestrator that ask such programs."""


def answer(module: str, request: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Return exit code and events of `python -m module` for the request; it measures in short bursts."""
    threads, name = torch.get_num_threads(), module.rpartition(".")[2]
    try:
        bodies: list[dict[str, Any]] = []
        handler = getattr(import_module(module), _PROGRAMS[name])
        with in_short_bursts():
            code = respond(json.dumps(request), getattr(programs, name.upper()), handler, bodies.append)
        return code, [json.loads(json.dumps(body)) for body in bodies]
    finally:
        torch.set_num_threads(threads)


def ask_here(program: programs.Program[Any, Any], request: Any) -> Iterator[Any]:
    """Take the place of `torch_client.ask`.

    Raises:
        UserError, StageError: what the program reported, or it ended without saying why.
    """
    code, bodies = answer(program.module, asdict(request))
    for body in bodies:
        yield decode(body, program.answers)
    if code != 0:
        raise StageError(f"python -m {program.module} ended with exit code {code}")


def answer_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command ask the programs in this process."""
    for module in _ASKING:
        monkeypatch.setattr(f"prunesweep.orchestrator.{module}.ask", ask_here)
