"""The torch programs of `prunesweep.core.jobs` in the test's own process: the seconds that importing torch takes are
spent once, not for each question."""

import contextlib
import io
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from unittest import mock

import pytest
import torch

from prunesweep.core.errors import StageError
from prunesweep.core.jobs.protocol import respond
from prunesweep.orchestrator import torch_client

_PROGRAMS = {
    "bench": ("Bench", "measure"),
    "costs": ("Costs", "measure"),
    "evaluate": ("Evaluate", "measure"),
    "export": ("Export", "convert"),
    "import_weights": ("ImportWeights", "convert"),
    "network": ("Look", "look"),
    "pack": ("Pack", "pack"),
    "reevaluate": ("Reevaluate", "measure"),
    "verify": ("Verify", "verify"),
}
"""Program → its request in `core/jobs/requests.py`, and what answers it."""
_ASKING = (
    "images",
    "cli.commands.audit",
    "cli.commands.bench",
    "cli.commands.costs",
    "cli.commands.doctor",
    "cli.commands.evaluate",
    "cli.commands.verify",
    "export.files",
    "networks",
    "run.local_run",
    "run.weights",
)
"""Modules of the orchestrator that ask such programs."""


def answer(module: str, request: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Return exit code and events of `python -m module` for the request."""
    program, threads, line = import_module(module), torch.get_num_threads(), json.dumps(request)
    try:
        if (name := module.rpartition(".")[2]) in _PROGRAMS:
            kind, function = _PROGRAMS[name]
            requests, events = import_module("prunesweep.core.jobs.requests"), list[dict[str, Any]]()
            code = respond(line, getattr(requests, kind), getattr(program, function), events.append)
            return code, [json.loads(json.dumps(event)) for event in events]
        out = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(line + "\n")), contextlib.redirect_stdout(out):
            code = program.main()
        return code, [json.loads(said) for said in out.getvalue().splitlines()]
    finally:
        torch.set_num_threads(threads)


def ask_here(module: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Take the place of `torch_client.ask`.

    Raises:
        UserError, StageError: what the program reported, or it ended without saying why.
    """
    code, events = answer(module, request)
    for event in events:
        if event["event"] == "error":
            raise torch_client._error(event)
        yield event
    if code != 0:
        raise StageError(f"python -m {module} ended with exit code {code}")


def answer_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command ask the programs in this process."""
    for module in _ASKING:
        monkeypatch.setattr(f"prunesweep.orchestrator.{module}.ask", ask_here)
