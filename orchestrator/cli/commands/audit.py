"""`sweep audit`: a sweep against the field's checklist, and on demand against its own artifacts."""

from dataclasses import replace
from typing import Any

import typer
from sqlalchemy import Engine

from prunesweep.core.extras import need
from prunesweep.core.jobs.answers import ReevaluatedFile
from prunesweep.core.jobs.programs import REEVALUATE
from prunesweep.core.jobs.requests import Reevaluate, dataset_ref
from prunesweep.core.ledger.queries.lookup import cell_artifacts
from prunesweep.core.ledger.queries.references import artifacts_made
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.audit import checklist, view
from prunesweep.orchestrator.audit.subject import FAIL, AuditedSweep, RereadAccuracy, VerifyResult, read_subject
from prunesweep.orchestrator.cli.commands.verify import look
from prunesweep.orchestrator.console.output import flash, say, say_json, width
from prunesweep.orchestrator.images import places
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.torch_client import ask


def audit(sweep: str | None, verify: bool, device: str, json_: bool) -> None:
    """Score a sweep against the checklist of Blalock et al. 2020: each item pass, fail or n/a, with the rows that prove
    it. Exit code 1 if one fails."""
    settings = load_settings()
    with ledger(settings) as engine:
        subject = read_subject(engine, find_sweep(engine, sweep))
        if verify:
            need("worker", "audit --verify", modules=("torch",))
            subject = replace(subject, verified=_verified(engine, settings, subject, device))
    found = checklist.audit(subject)
    if json_:
        say_json(view.as_dict(subject, found))
    else:
        say(*view.lines(subject, found, width()))
    if any(outcome.status == FAIL for _, outcome in found):
        raise typer.Exit(1)


def _verified(engine: Engine, settings: Settings, subject: AuditedSweep, device: str) -> VerifyResult:
    """Return what `sweep verify` finds of the sweep's artifacts, and every accuracy once more."""
    looked = look(engine, settings, artifacts_made(engine, subject.sweep.id))
    wrong = tuple(f"{one.digest[:12]}  {one.label}: {one.what}: {one.message}" for one in looked.findings)
    return VerifyResult(looked.artifacts, wrong, _read_again(engine, settings, subject, device))


def _read_again(engine: Engine, settings: Settings, subject: AuditedSweep, device: str) -> tuple[Any, ...]:
    """Return a `RereadAccuracy` of each network that has been evaluated, the dense ones too; each once."""
    known = folder_of(subject.sweep.grid.get("dataset"))
    wanted = _wanted(engine, subject)
    if not wanted:
        return ()
    request = Reevaluate(
        artifacts_url=settings.artifacts_url,
        home=str(settings.home),
        data=str(settings.data),
        dataset=dataset_ref(subject.dataset),
        places=tuple(places((known,) if known is not None else (), settings)),
        device=device,
        threads=settings.threads,
        artifacts=tuple(wanted),
    )
    read = []
    for event in ask(REEVALUATE, request):
        if isinstance(event, ReevaluatedFile):
            cell, top1 = wanted[event.artifact]
            read.append(RereadAccuracy(cell, event.artifact, top1, event.top1, event.images, event.error))
        flash(f"audit: {len(read):,} of {len(wanted):,} accuracies read again")
    flash("")
    return tuple(read)


def _wanted(engine: Engine, subject: AuditedSweep) -> dict[str, tuple[int, float]]:
    """Return artifact → the first cell that it is of (0 = dense network) and its accuracy in the ledger."""
    wanted: dict[str, tuple[int, float]] = {}
    for row, made in zip(subject.rows, cell_artifacts(engine, subject.sweep.id), strict=True):
        if row.top1_dense is not None and made.dense_artifact is not None:
            wanted.setdefault(made.dense_artifact, (0, row.top1_dense))
        if row.top1 is not None and made.artifact is not None:
            wanted.setdefault(made.artifact, (row.cell, row.top1))
    return wanted
