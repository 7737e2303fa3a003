"""`sweep audit`: a sweep against the field's checklist, and on demand against its own artifacts."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag


def audit(
    sweep: SweepArgument = None,
    verify: Annotated[
        bool, flag("--verify", "Also hash and count every artifact, and read every accuracy again; needs torch.")
    ] = False,
    device: Annotated[
        str,
        typer.Option(
            "--device",
            metavar="NAME",
            help="Where accuracies are read again: cpu or cuda.",
            autocompletion=completion.one("cpu", "cuda"),
        ),
    ] = "cpu",
    json_: JsonOption = False,
) -> None:
    """Score a sweep against the checklist of Blalock et al. 2020: each item pass, fail or n/a, with the rows that prove
    it. Exit code 1 if one fails."""
    from prunesweep.orchestrator.cli.commands import audit as command

    command.audit(sweep, verify, device, json_)
