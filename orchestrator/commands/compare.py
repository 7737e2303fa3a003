"""`sweep compare` and `sweep verdict`: differences paired by seed, and what they decide."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator import completion
from orchestrator.options import JsonOption, SweepArgument, flag

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.settings import Settings
    from orchestrator.pairs import Compared
    from orchestrator.sides import Side

_SIDE = "a sweep, or cells of one: SWEEP:axis=value,… (:axis=value of the latest)."


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=f"One side: {_SIDE}", autocompletion=completion.sweeps)],
    b: Annotated[str, typer.Argument(metavar="B", help=f"The other side: {_SIDE}", autocompletion=completion.sweeps)],
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            metavar="COLUMN",
            help="What is compared: top1, drop, latency_speedup, …",
            autocompletion=completion.METRICS,
        ),
    ] = "top1",
    queue: Annotated[bool, flag("--queue", "Submit the same grids with the seeds that would decide it.")] = False,
    json_: JsonOption = False,
) -> None:
    """Compare two sweeps, or two kinds of cells: differences paired by seed, an interval, a verdict."""
    from core.plan.nearest import one_of
    from core.settings import load_settings
    from orchestrator import comparison, pairs, sides
    from orchestrator.ledgers import ledger
    from orchestrator.output import say, say_json, width

    chosen = pairs.METRICS[one_of(metric, "metric", pairs.METRICS)]
    wanted = [sides.parse_filter(text) for text in (a, b)]
    settings = load_settings()
    with ledger(settings) as engine:
        found = [sides.read_side(engine, one) for one in wanted]
        compared = pairs.compare(found[0].points, found[1].points, chosen)
        _check(compared, found, chosen.name)
        queued = _queue(engine, settings, compared, found) if queue else []
    if json_:
        body = {"a": _side(found[0]), "b": _side(found[1]), **comparison.as_dict(compared, chosen, comparison.Names())}
        say_json({**body, "queued": queued} if queue else body)
        return
    say(*_head(compared, found), "", *comparison.lines(compared, chosen, comparison.Names(), width()))
    if queue:
        say("", *(_queued(one) for one in queued or [{}]))


def _check(compared: "Compared", found: "list[Side]", metric: str) -> None:
    """Raises UserError if there is nothing to compare."""
    from core.errors import UserError

    if compared.comparisons:
        return
    names = " and ".join(dict.fromkeys(side.text or "the latest sweep" for side in found))
    if compared.unknown:
        raise UserError(
            "compare", names, f"no pair of cells has its {metric}: not measured, or not yet; see: sweep status"
        )
    if compared.same:
        raise UserError(
            "compare", names, "both sides are the same cells; choose some of them, e.g. NAME:algorithm=oneshot"
        )
    seeds = [{point.row.seed for point in side.points} for side in found]
    what = "a seed" if seeds[0].isdisjoint(seeds[1]) else "sparsity and other axes"
    raise UserError("compare", names, f"no cell of one side has a partner in the other with {what} in common")


def _side(side: "Side") -> dict[str, Any]:
    return {"given": side.text, "sweep": side.sweep.name, "cells": len(side.points)}


def _head(compared: "Compared", found: "list[Side]") -> list[str]:
    """`A: fair, algorithm oneshot, epochs 9 (45 cells)`."""
    from orchestrator.comparison import settings
    from orchestrator.text import plural

    at = [compared.comparisons[0].a_at, compared.comparisons[0].b_at]
    return [
        f"{name}: {', '.join(filter(None, (side.sweep.name, settings(where, compared.axes))))}"
        f" ({plural(len(side.points), 'cell')})"
        for name, side, where in zip("AB", found, at, strict=True)
    ]


def _queue(engine: "Engine", settings: "Settings", compared: "Compared", found: "list[Side]") -> list[dict[str, Any]]:
    """Submits what is needed; what was added, one for each sweep."""
    from orchestrator import moreseeds, submission
    from orchestrator.output import note

    goal = moreseeds.needed(compared)
    if not goal:
        return []
    queued = []
    for extended in moreseeds.extend(engine, found, goal):
        if not extended.added:
            continue
        submitted = submission.write(engine, extended.request)
        if problem := submission.send_hints(settings, submitted.ready):
            note(f"note: {problem}")
        facts = {fact: getattr(submitted, fact) for fact in ("name", "cells", "stages", "new", "done")}
        queued.append({"of": extended.sweep.name, "seeds": extended.seeds, "added": extended.added, **facts})
    return queued


def _queued(one: dict[str, Any]) -> str:
    if not one:
        return (
            "queued nothing: each comparison is decided or was looked at twice, or needs more than 100 more seeds, or"
            " they are queued already"
        )
    from orchestrator.text import plural

    seeds = ",".join(map(str, one["added"]))
    head = f"{plural(one['cells'], 'cell')}, {plural(one['stages'], 'stage')} ({one['new']:,} new, {one['done']:,} done"
    return f"queued {one['name']}: {one['of']} and the seeds {seeds}: {head} already); compare again when it has ended"


def verdict(sweep: SweepArgument = None, json_: JsonOption = False) -> None:
    """Iterative pruning against one-shot pruning that trains as many epochs, per sparsity. Exit code 1 if the sweep has
    no such pair."""
    from core.ledger.report import report_rows
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator import comparison, equalepochs, pairs, sides
    from orchestrator.ledgers import ledger
    from orchestrator.output import say, say_json, width

    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        points = sides.points_of(engine, found, report_rows(engine, found.id))
    metric, names = pairs.METRICS["top1"], comparison.Names("iterative", "one-shot")
    compared = equalepochs.compare(points, metric)
    missing = "" if compared.comparisons else equalepochs.why_none(points, compared)
    if json_:
        say_json({"sweep": found.name, **comparison.as_dict(compared, metric, names), "missing": missing or None})
    elif missing:
        say(f"{found.name}: {missing}")
    else:
        head = f"{found.name}: iterative against one-shot with as many epochs in all (epochs × rounds)"
        say(head, "", *comparison.lines(compared, metric, names, width()))
    if missing:
        raise typer.Exit(1)
