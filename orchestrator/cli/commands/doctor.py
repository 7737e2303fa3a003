"""`sweep doctor`: is everything there that a sweep needs?"""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata

import typer
from sqlalchemy.exc import DBAPIError

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.extras import need
from prunesweep.core.images.folders import RefusedFolder
from prunesweep.core.jobs.programs import DOCTOR
from prunesweep.core.jobs.requests import Doctor
from prunesweep.core.ledger.db.migrate import HEAD
from prunesweep.core.ledger.queries.sweeps import list_sweeps
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.misspelt import NAMES, misspelt
from prunesweep.core.plan.datasets import parse_share, read_size
from prunesweep.core.plan.resize_rules import check_resize, parse_resize
from prunesweep.core.plan.weights import HUBS
from prunesweep.core.settings import Settings, load_settings, mask
from prunesweep.orchestrator.console.output import paint, say, say_json
from prunesweep.orchestrator.console.text import one_line, plural
from prunesweep.orchestrator.images import look_up
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.status.view import worker_lines
from prunesweep.orchestrator.torch_client import ask


@dataclass(frozen=True)
class Check:
    """What one check found. ok: None = cannot be checked here, and is not needed."""

    name: str
    ok: bool | None
    message: str


@dataclass(frozen=True)
class WantedDataset:
    """The dataset to look for, as typed, what its images are resized to, and which of them are test images."""

    dataset: str
    size: int
    resize: str
    share: str


def wanted(dataset: str, image_size: str, resize: str, test_share: str) -> WantedDataset:
    """Return what the options ask for.

    Raises:
        UserError: a bad value.
    """
    size, how = read_size(image_size), parse_resize(resize)
    check_resize(how, size)
    return WantedDataset(dataset, size, how, parse_share(test_share))


def doctor(images: WantedDataset, devices: str | None, json_: bool) -> None:
    """Check ledger, broker, artifact store, devices and dataset, one line each; exit code 1 if any check fails."""
    settings = load_settings()
    marks = {True: paint("ok  ", "green"), None: paint("--  ", "yellow"), False: paint("FAIL", "red")}
    found = []
    for check in _checks(settings, images, devices or settings.devices):
        found.append(check)
        if not json_:
            say(f"{marks[check.ok]}  {check.name:<9}  {check.message}")
    if json_:
        say_json([asdict(check) for check in found])
    if any(check.ok is False for check in found):
        raise typer.Exit(1)


def _checks(settings: Settings, images: WantedDataset, devices: str) -> Iterator[Check]:
    wrong = misspelt(os.environ)
    yield Check("settings", None if wrong else True, one_line("; ".join(wrong)) or _given())
    yield _check("ledger", lambda: _ledger(settings))
    yield _check("broker", lambda: _broker(settings))
    yield _workers(settings)
    yield _check("artifacts", lambda: _artifacts(settings))
    yield Check("networks", True, _networks(settings))
    yield from _torch_checks(settings, images, devices)


def _given() -> str:
    """Return which settings are given: their names, as some hold secrets."""
    return ", ".join(name for name in sorted((*NAMES, "REDIS_URL")) if os.environ.get(name)) or "all at their defaults"


def _check(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, one_line(check()))
    except UserError as error:
        return Check(name, False, one_line(str(error)))
    except DBAPIError as error:  # gone away, or silent, since it was opened: the other checks are worth knowing
        return Check(name, False, f"has gone away: {one_line(str(error.orig), 300)}")


def _ledger(settings: Settings) -> str:
    where = mask(settings.database_url) or str(settings.ledger_file)
    with ledger(settings, create=True) as engine:
        broken = violations(engine)
        if broken:
            raise UserError("ledger", where, f"breaks a rule of its own ({broken[0]}); keep a copy of it and report it")
        alive = plural(len(list_workers(engine, settings.lease)), "worker")
        return f"{where}, schema {HEAD}, {plural(len(list_sweeps(engine)), 'sweep')}, {alive} up"


def _workers(settings: Settings) -> Check:
    """Return what workers say is wrong with them; each line names the worker and its part."""
    try:
        with ledger(settings, create=True) as engine:
            workers = list_workers(engine, settings.lease)
    except (UserError, DBAPIError):
        return Check("workers", None, "not known, the ledger cannot be read")
    wrong = worker_lines(workers)
    return Check("workers", not wrong, "; ".join(wrong) or f"{plural(len(workers), 'worker')} up")


def _broker(settings: Settings) -> str:
    from prunesweep.core.broker.hints import check

    return check(settings)


def _artifacts(settings: Settings) -> str:
    return ArtifactStore.open(settings.artifacts_url, settings.home).check()


def _networks(settings: Settings) -> str:
    """Return where networks can come from on this machine, and scores of one's own."""
    found = ["built-in"]
    for library in HUBS:
        try:
            found.append(f"{library} {metadata.version(library)}")
        except metadata.PackageNotFoundError:
            found.append(f"no {library}")
    for what, name, folder in (
        ("networks", "SWEEP_NETWORKS", settings.networks),
        ("scores", "SWEEP_SCORES", settings.scores),
    ):
        there = "" if folder is None or folder.is_dir() else ", which is not there"
        found.append(f"own {what} from {folder}{there}" if folder else f"no own {what} ({name} is not set)")
    return ", ".join(found)


def _torch_checks(settings: Settings, images: WantedDataset, devices: str) -> Iterator[Check]:
    """Yield devices and dataset, looked at by a torch process; what needs no torch is checked without it."""
    try:
        found = look_up(images.dataset, settings, size=images.size, resize=images.resize, share=images.share)
    except RefusedFolder as refused:
        yield from (Check("dataset", False, f"{images.dataset}: {fault}") for fault in refused.faults)
        return
    except UserError as error:
        yield Check("dataset", False, str(error))
        return
    yield from (Check("images", None, note) for note in found.notes)
    about = f"{found.inspection.summary}, " if found.inspection else ""
    try:
        need("worker", "training here", modules=("torch",))
    except UserError as error:
        yield Check("devices", None, f"{error}; to submit and to read, nothing is missing")
        if about:
            yield Check("dataset", True, f"{found.text}: {about}identity {found.ref.fingerprint[:12]}")
        return
    request = Doctor(devices, found.ref, str(settings.data), f"{found.text}: {about}")
    try:
        for event in ask(DOCTOR, request):
            yield Check(event.name, event.ok, event.message)
    except StageError as error:
        yield Check("devices", False, str(error))
