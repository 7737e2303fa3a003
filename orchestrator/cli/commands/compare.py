"""`sweep compare` and `sweep verdict`: differences paired by seed, and what they decide."""

from typing import Any

import typer
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.families import algorithms_of
from prunesweep.core.plan.suggestions import one_of
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.compare import equal_budget, explanation, paired, sample_size, selectors, sides, wording
from prunesweep.orchestrator.compare.equal_budget import EqualBudgetStudy
from prunesweep.orchestrator.compare.paired import PairedTable
from prunesweep.orchestrator.compare.selectors import SelectedCells
from prunesweep.orchestrator.compare.wording import SideNames
from prunesweep.orchestrator.console.output import note, say, say_json, width
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run import submission


def compare(*, a: str, b: str, metric: str, queue: bool, json_: bool) -> None:
    """Compare two sweeps, or two kinds of cells: differences paired by seed, an interval, a verdict."""
    chosen = paired.METRICS[one_of(metric, "metric", paired.METRICS)]
    wanted = [selectors.parse_filter(text) for text in (a, b)]
    settings = load_settings()
    with ledger(settings) as engine:
        found = [selectors.read_side(engine, one) for one in wanted]
        compared = paired.compare(found[0].points, found[1].points, chosen)
        sides.check(compared, found, chosen.name)
        queued = _queue(engine, settings, compared, found) if queue else []
    if json_:
        body = {"a": _side(found[0]), "b": _side(found[1]), **wording.as_dict(compared, chosen, wording.SideNames())}
        say_json({**body, "queued": queued} if queue else body)
        return
    say(*sides.heads(compared, found), "", *wording.lines(compared, chosen, wording.SideNames(), width()))
    if queue:
        say("", *(_queued(one) for one in queued or [{}]))


def _side(side: SelectedCells) -> dict[str, Any]:
    return {"given": side.text, "sweep": side.sweep.name, "cells": len(side.points)}


def _queue(
    engine: Engine, settings: Settings, compared: PairedTable, found: list[SelectedCells]
) -> list[dict[str, Any]]:
    """Submit what is needed; what was added, one for each sweep."""
    goal = sample_size.needed(compared)
    if not goal:
        return []
    queued = []
    for extended in sample_size.extend(engine, found, goal):
        if not extended.added:
            continue
        submitted = submission.write(engine, extended.request)
        if problem := submission.send_hints(settings, in_order(engine, submitted.ready)):
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

    seeds = ",".join(map(str, one["added"]))
    head = f"{plural(one['cells'], 'cell')}, {plural(one['stages'], 'stage')} ({one['new']:,} new, {one['done']:,} done"
    return f"queued {one['name']}: {one['of']} and the seeds {seeds}: {head} already); compare again when it has ended"


def verdict(sweep: str | None, json_: bool) -> None:
    """Compare pruning in rounds with one-shot pruning of as many epochs, per sparsity, and what explains the
    difference. Exit code 1 if the sweep has no such pair."""
    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        points = selectors.points_of(engine, found, report_rows(engine, found.id))
    metric, known = paired.METRICS["top1"], algorithms_of(found.grid)
    study = equal_budget.study(points, metric, known)
    compared = study.rounds
    missing = "" if compared.comparisons else equal_budget.why_none(points, compared, known)
    judged = {str(one.at["algorithm"]) for one in compared.comparisons}
    names = wording.SideNames(judged.pop() if len(judged) == 1 else "in rounds", "one-shot")
    if json_:
        body = wording.as_dict(compared, metric, names)
        say_json({"sweep": found.name, **body, "explained": explanation.as_dict(study), "missing": missing or None})
    elif missing:
        say(f"{found.name}: {missing}")
    else:
        head = f"{found.name}: {names.a} against one-shot with as many epochs in all (epochs × rounds)"
        say(head, "", *wording.lines(compared, metric, names, width()), "", *_explanation(study, names))
    if missing:
        raise typer.Exit(1)


def _explanation(study: EqualBudgetStudy, names: SideNames) -> list[str]:
    """Return the control with one learning-rate schedule beside one-shot, and what explains a difference."""
    if not study.pruning.comparisons:
        return explanation.lines(study)
    control = wording.SideNames(f"{names.a}, one schedule", names.b)
    table = wording.lines(study.pruning, paired.METRICS["top1"], control, width())
    return [
        f"the same with one learning-rate schedule over all rounds, against {names.b}",
        "",
        *table,
        "",
        *explanation.lines(study),
    ]
