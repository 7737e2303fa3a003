"""From options to ledger rows: reads the grid, plans it, writes it, and sends hints if a broker answers."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from prunesweep.core.errors import UserError
from prunesweep.core.images.folders import FoundDataset
from prunesweep.core.ledger.db.engine import new_ledger
from prunesweep.core.ledger.db.new_file import NotPlaced
from prunesweep.core.ledger.queue.submit import SubmitSummary, add_sweep
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.axes import field_of
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import GridPlan, plan_of
from prunesweep.core.plan.grid_files import load_grid, named_fields
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.names import parse_name
from prunesweep.core.plan.networks import folder_of_file
from prunesweep.core.plan.resize_rules import check_resize, resize_at
from prunesweep.core.settings import Settings, mask
from prunesweep.core.version import version
from prunesweep.orchestrator.console.text import one_line
from prunesweep.orchestrator.images import look_up
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.networks import look_at
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.run.weights import Upload, prepared_as_said, read_given, sign_in, store

_HINT_SECONDS = 1.0


@dataclass(frozen=True)
class CheckedRequest:
    """A checked request: its plan, the name that was given, and the word that a made-up name starts with.

    Attributes:
        notes: what a person should know of its images, its network and its weights, one line each.
        upload: the given weights, to be stored before the sweep is written.
        dataset: its images, as they were found on this machine.
        throughput: see `GridRequest`.
    """

    plan: GridPlan
    name: str | None
    prefix: str
    notes: tuple[str, ...] = ()
    upload: Upload | None = None
    dataset: FoundDataset | None = None
    throughput: bool | None = None


def plan_request(asked: GridRequest, settings: Settings) -> CheckedRequest:
    """Read and plan what was asked for; touch no ledger and no store. An image folder is inspected, given weights are
    read, and a network that is not ours is tried in a process of its own.

    Raises:
        UserError: any bad value; names the option.
    """
    if asked.grid is None and not asked.axes:
        known = ", ".join([*GRIDS, "FILE.toml"])
        raise UserError("grid", "", f"give --grid ({known}) or axes such as --sparsity 50,90")
    name = None if asked.name is None else parse_name(asked.name)
    grid = read_axes(asked.axes, load_grid(asked.grid or "full"))
    chosen = frozenset(map(field_of, asked.axes)) | named_fields(asked.grid or "full")
    grid, said = prepared_as_said(grid, chosen)
    check_resize(grid.resize, grid.image_size)
    found = look_up(grid.dataset, settings, size=grid.image_size, resize=grid.resize, share=grid.test_share)
    grid = replace(grid, dataset=found.text)
    network = look_at(grid, found, settings, folder_of_file(asked.axes.get("model")))
    given = read_given(grid, found.ref, settings, chosen)
    if given is None:
        planned = plan_of(grid, found.ref, shapes=network.shapes, channels=network.channels)
        notes = (*found.notes, *network.notes, *planned.notes)
        return CheckedRequest(planned, name, _prefix(asked.grid), notes, None, found, asked.throughput)
    if found.ref.size:
        found = replace(found, ref=replace(found.ref, resize=resize_at(given.grid.resize, found.ref.size)))
    planned = plan_of(given.grid, found.ref, given.imported, network.shapes, network.channels)
    notes = (*found.notes, *network.notes, *given.notes, *said, *planned.notes)
    return CheckedRequest(planned, name, _prefix(asked.grid), notes, given.upload, found, asked.throughput)


def write(engine: Engine, request: CheckedRequest) -> SubmitSummary:
    """Store its weights, if it was given any, and write the sweep in one transaction.

    Raises:
        UserError: another grid goes by that name.
        StoreAway: the store does not take the weights.
    """
    if request.upload is not None:
        store(request.upload, engine)
    return _add(engine, request)


@contextmanager
def written(settings: Settings, request: CheckedRequest) -> Iterator[tuple[Engine, SubmitSummary]]:
    """Write the sweep as `write` does, and keep its ledger open for the block. A ledger that is not there yet is made
    with the sweep, or not at all.

    Raises:
        UserError, StoreAway: see `write`.
    """
    first = _write_first(settings, request)
    with ledger(settings, create=True) as engine:
        made = first or write(engine, request)
        try:
            yield engine, made
        except DBAPIError as error:
            error.add_note(f"{made.name} is written")
            raise


def _write_first(settings: Settings, request: CheckedRequest) -> SubmitSummary | None:
    """Write the sweep into a new ledger; None where there is one. The ledger signs in last: one that comes to nothing
    leaves no name in the store."""
    try:
        with new_ledger(settings) as engine:
            if engine is None:
                return None
            if request.upload is not None:
                store(request.upload)
            made = _add(engine, request)
            if request.upload is not None:
                sign_in(engine, request.upload)
        return made
    except NotPlaced:
        return None


def _add(engine: Engine, request: CheckedRequest) -> SubmitSummary:
    return add_sweep(engine, request.plan, request.name, version(), request.prefix, request.throughput)


def send_hints(settings: Settings, ordered: Mapping[str, int]) -> str:
    """Publish hints for what is ready, waiting a second at most; workers find the work without it, only later.

    Args:
        ordered: what `prunesweep.core.ledger.queries.order.in_order` says of the digests.

    Returns: "" or what the user may want to know.
    """
    if not ordered:
        return ""
    if settings.embedded_broker:
        from prunesweep.core.broker import embedded

        if not embedded.running(settings):
            return ""
    from prunesweep.core.broker.app import make_app
    from prunesweep.core.broker.hints import BrokerAway, publish

    sent: list[int] = []
    refused: list[str] = []

    def send() -> None:
        # A hint is never worth failing a submit that is already written: a worker's dispatcher publishes it again.
        try:
            sent.append(publish(make_app(settings), ordered, ordered))
        except BrokerAway as error:
            refused.append(one_line(str(error), 200))
        except Exception as error:
            refused.append(type(error).__name__)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    sender.join(_HINT_SECONDS)
    if sent:
        return ""
    where = f"{settings.broker_field} {mask(settings.broker_url)}" if settings.broker_url else "the embedded broker"
    why = f"takes no hints ({refused[0]})" if refused else "does not answer"
    return f"{where} {why}; the sweep is written, and workers will find it without a hint"


def next_step(engine: Engine, settings: Settings, name: str, left: int) -> str:
    """Return what to do now that this sweep has `left` stages to run."""
    if not left:
        return f"nothing to run; see: sweep report {name}"
    if list_workers(engine, settings.lease):
        return f"workers are up; watch: sweep status {name} --watch"
    return "no worker is up; start one: sweep worker"


def _prefix(grid: str | None) -> str:
    """Return what a made-up name starts with: the grid's name, the TOML file's, or `sweep`."""
    if grid is None:
        return "sweep"
    stem = Path(grid).stem if grid.endswith(".toml") else grid
    try:
        return parse_name(stem[:48])
    except UserError:
        return "sweep"
