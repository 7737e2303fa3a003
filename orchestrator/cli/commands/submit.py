"""`sweep submit`: writes a grid into the ledger, or says what it would come to."""

from typing import TYPE_CHECKING, Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption, flag, takes_grid

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from prunesweep.core.ledger.queue.submit import SubmitSummary
    from prunesweep.core.plan.dag import Plan
    from prunesweep.core.settings import Settings
from prunesweep.orchestrator.run.request import GridRequest


@takes_grid
def submit(
    asked: GridRequest,
    dry_run: Annotated[
        bool, flag("--dry-run", "Only show cells, stages, epochs, time and cost; submit nothing.")
    ] = False,
    watch: Annotated[bool, flag("--watch", "Follow the sweep until it ends.")] = False,
    json_: JsonOption = False,
) -> None:
    """Submit a grid; what is already done or wanted by another sweep is not run again."""
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.console.output import note
    from prunesweep.orchestrator.ledger_session import ledger
    from prunesweep.orchestrator.run import submission

    settings = load_settings()
    request = submission.plan_request(asked, settings)
    for line in request.notes:
        note(f"note: {line}")
    if dry_run:
        _show_estimate(settings, request.plan, json_)
        return
    with ledger(settings, create=True) as engine:
        submitted = submission.write(engine, request)
        _show_submitted(settings, engine, submitted, json_)
        if watch:
            from prunesweep.orchestrator.status.follow import follow

            raise typer.Exit(follow(engine, submitted.id, settings.lease))


def _show_estimate(settings: "Settings", plan: "Plan", json_: bool) -> None:
    from prunesweep.orchestrator.console.output import say, say_json
    from prunesweep.orchestrator.run import estimate

    found = estimate.estimate(settings, plan)
    if json_:
        say_json(estimate.as_dict(plan, found))
    else:
        say(*estimate.lines(plan, found, settings), "", _written(settings, plan))


def _written(settings: "Settings", plan: "Plan") -> str:
    """Return what a dry run has written: at most what it took a while to find out."""
    from prunesweep.core.plan.datasets import folder_of

    cache = settings.data / "manifests"
    if folder_of(plan.grid.dataset) is None or not cache.is_dir():
        return "dry run: nothing was written"
    return f"dry run: nothing was submitted; the hashes of the images are kept for the next look, in {cache}"


def _show_submitted(settings: "Settings", engine: "Engine", submitted: "SubmitSummary", json_: bool) -> None:
    from prunesweep.core.ledger.queue.workers import list_workers
    from prunesweep.orchestrator.console.output import note, paint, say, say_json
    from prunesweep.orchestrator.console.text import plural
    from prunesweep.orchestrator.run import submission

    problem = submission.send_hints(settings, submitted.ready)
    if problem:
        note(f"note: {problem}")
    if json_:
        facts = ("id", "name", "cells", "stages", "new", "done")
        say_json({fact: getattr(submitted, fact) for fact in facts})
        return
    head = f"{plural(submitted.cells, 'cell')}, {plural(submitted.stages, 'stage')}"
    say(f"{paint(submitted.name, 'bold')}: {head} ({submitted.new:,} new, {submitted.done:,} done already)")
    if submitted.done == submitted.stages:
        say(f"nothing to run; see: sweep report {submitted.name}")
    elif list_workers(engine, settings.lease):
        say(f"workers are up; watch: sweep status {submitted.name} --watch")
    else:
        say("no worker is up; start one: sweep worker")
