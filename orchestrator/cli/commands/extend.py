"""`sweep extend`: more points of a sweep's axes, under the same name."""

from collections.abc import Mapping

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.lookup import has_results
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.extend import extend_sweep
from prunesweep.core.ledger.queue.submit import SubmitSummary
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run import estimate
from prunesweep.orchestrator.run.extension import grown, look_again, plan_grown
from prunesweep.orchestrator.run.submission import next_step, send_hints


def extend(sweep: str, added: Mapping[str, object], dry_run: bool, json_: bool) -> None:
    """Add seeds, sparsities, algorithms, epochs or rounds to a sweep; only what is new is run."""
    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        grid = grown(found, added, looked=has_results(engine, found.id))
        network = look_again(engine, found, grid, settings)
        plan = plan_grown(engine, found, grid, network)
        for line in (*network.notes, *plan.notes):
            note(f"note: {line}")
        if dry_run:
            expected = estimate.estimate(settings, plan)
            if json_:
                say_json(estimate.as_dict(plan, expected))
            else:
                say(*estimate.lines(plan, expected, settings), "", "dry run: nothing was written")
            return
        done = extend_sweep(engine, found.id, found.grid, plan)
        _show(engine, settings, done, json_)


def _show(engine: Engine, settings: Settings, done: SubmitSummary, json_: bool) -> None:
    problem = send_hints(settings, in_order(engine, done.ready))
    if problem:
        note(f"note: {problem}")
    if json_:
        facts = ("id", "name", "cells", "stages", "new", "done")
        say_json({fact: getattr(done, fact) for fact in facts})
        return
    say(f"{done.name}: {plural(done.cells, 'cell')} now, {plural(done.new, 'new stage')}, {done.done:,} done already")
    say(next_step(engine, settings, done.name, done.stages - done.done))
