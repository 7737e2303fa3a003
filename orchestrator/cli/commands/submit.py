"""`sweep submit`: writes a grid into the ledger, or says what it would come to."""

import typer
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queue.submit import SubmitSummary
from prunesweep.core.plan.dag import GridPlan
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.console.output import note, paint, say, say_json
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.run import submission
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.status.follow import follow


def submit(asked: GridRequest, dry_run: bool, watch: bool, json_: bool) -> None:
    """Submit a grid; what is already done or wanted by another sweep is not run again."""
    settings = load_settings()
    request = submission.plan_request(asked, settings)
    for line in request.notes:
        note(f"note: {line}")
    if dry_run:
        _show_estimate(settings, request.plan, json_)
        return
    with submission.written(settings, request) as (engine, submitted):
        _show_submitted(settings, engine, submitted, json_)
        if watch:
            raise typer.Exit(follow(engine, submitted.id, settings.lease))


def _show_estimate(settings: Settings, plan: GridPlan, json_: bool) -> None:
    from prunesweep.orchestrator.run import estimate  # not above: only a dry run needs it and all its queries

    found = estimate.estimate(settings, plan)
    if json_:
        say_json(estimate.as_dict(plan, found))
    else:
        say(*estimate.lines(plan, found, settings), "", _written(settings, plan))


def _written(settings: Settings, plan: GridPlan) -> str:
    """Return what a dry run has written: at most what it took a while to find out."""
    cache = settings.data / "manifests"
    if folder_of(plan.grid.dataset) is None or not cache.is_dir():
        return "dry run: nothing was written"
    return f"dry run: nothing was submitted; the hashes of the images are kept for the next look, in {cache}"


def _show_submitted(settings: Settings, engine: Engine, submitted: SubmitSummary, json_: bool) -> None:
    problem = submission.send_hints(settings, in_order(engine, submitted.ready))
    if problem:
        note(f"note: {problem}")
    if json_:
        facts = ("id", "name", "cells", "stages", "new", "done")
        say_json({fact: getattr(submitted, fact) for fact in facts})
        return
    head = f"{plural(submitted.cells, 'cell')}, {plural(submitted.stages, 'stage')}"
    say(f"{paint(submitted.name, 'bold')}: {head} ({submitted.new:,} new, {submitted.done:,} done already)")
    say(submission.next_step(engine, settings, submitted.name, submitted.stages - submitted.done))
