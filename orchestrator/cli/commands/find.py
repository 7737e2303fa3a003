"""`sweep find`: the smallest or fastest network within a given drop of accuracy."""

from dataclasses import dataclass
from pathlib import Path

import typer

from prunesweep.core.errors import UserError
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.console.text import size
from prunesweep.orchestrator.export.files import ExportOptions, plan_export
from prunesweep.orchestrator.find.recommendation import Recommendation, as_dict, lines
from prunesweep.orchestrator.find.request import FindRequest, drop_former, read_request
from prunesweep.orchestrator.find.session import session
from prunesweep.orchestrator.run.local_worker import WorkerEnded
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.status.follow import SilentView


@dataclass(frozen=True)
class FindOptions:
    """What is to be found, as typed."""

    max_drop: str
    objective: str
    budget: str | None
    export: Path | None


def find(
    asked: GridRequest, wanted: FindOptions, *, worker: bool, devices: str | None, per_device: str | None, json_: bool
) -> None:
    """Search, show the recommended network, and export it where that is asked for."""
    request = read_request(
        asked, max_drop=wanted.max_drop, objective=wanted.objective, budget=wanted.budget, export=wanted.export
    )
    for option, value in (("--devices", devices), ("--per-device", per_device)):
        if value is not None and not worker:
            raise UserError(option, value, "is for the worker that --no-worker leaves out; give one of the two")
    tell = note if json_ else say
    view = SilentView() if json_ else None
    try:
        with session(request, worker=worker, devices=devices, per_device=per_device, view=view, tell=tell) as search:
            found = search.run()
    except KeyboardInterrupt:
        note("", f"interrupted; the same command continues: its trials are the sweep {request.name}")
        raise
    except WorkerEnded as error:
        note(f"sweep: {error}")
        raise typer.Exit(1) from None
    if not json_:  # before the files, which a full disk may refuse
        say("", *lines(found, request.space), f"  all trials  sweep report {request.name}")
    files = _exported(request, found)
    if json_:
        say_json({**as_dict(found), "files": files})
    elif files:
        say(*(f"  file        {file}" for file in files))
    raise typer.Exit(0 if found.row.state == "DONE" else 1)


def _exported(request: FindRequest, found: Recommendation) -> list[str]:
    """Write the network as a plain state_dict and packed, and remove what the folder held of an earlier recommendation;
    return the files' paths."""
    if request.export is None:
        return []
    written, cards = [], []
    for form in ("torch", "packed"):
        planned = plan_export(load_settings(), found.sweep, request.export, ExportOptions(form, force=True))
        for event in planned.write():
            note(f"{event['path']}  {size(event['bytes'])}")
            written.append(str(event["path"]))
            cards.append(str(event["card"]))
    drop_former(request.export, request.name, {Path(file).absolute() for file in (*written, *cards)})
    return written
