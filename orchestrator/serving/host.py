"""`sweep serve`: this home's ledger, broker and store for machines that join, until it is stopped."""

import fcntl
import getpass
import os
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.broker.embedded import Broker, socket_path
from prunesweep.core.broker.valkey import find_server
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.private import make_private
from prunesweep.core.served import postgres_folder, postgres_socket
from prunesweep.core.settings import Settings, load_settings
from prunesweep.core.version import full_version
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.serving import postgres, store
from prunesweep.orchestrator.serving.child import Child
from prunesweep.orchestrator.serving.facts import HostFacts, serve_folder, write

_LOOK_SECONDS = 1.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP. tell: called with the URL for `sweep worker --join` once all answer.

    Raises:
        UserError: servers are configured already, this home is served by another process, or a part is missing.
    """
    _refuse_configured(settings)
    programs, rclone, _ = postgres.find_programs(), store.find_rclone(), find_server()
    home = settings.home
    _make_home(home)
    stopping = threading.Event()
    with ExitStack() as ends, _signals(stopping):
        ends.enter_context(_only_one(home))
        _note_former_ledger(settings)
        folder = serve_folder(home)
        postgres.prepare(programs, home)
        database = postgres.server(programs, home, folder / "postgres.log")
        ends.callback(database.stop)
        database.start(lambda: stopping.is_set() or postgres.answers(home))
        broker = Broker(settings)
        ends.callback(broker.release)
        broker.ensure()
        objects, key = _start_store(settings, rclone, stopping, ends)
        if not stopping.is_set():
            open_ledger(load_settings(), upgrade=True).dispose()
            sockets = (str(postgres_socket(home)), str(socket_path(settings)), str(store.store_socket(folder)))
            file = write(folder, HostFacts(full_version(), migrate.HEAD, *sockets, key.id, key.secret))
            ends.callback(file.unlink, missing_ok=True)
            tell(join_url(home))
        while not stopping.wait(_LOOK_SECONDS):
            for child in (database, objects):
                child.ensure()
            broker.ensure()


def join_url(home: Path) -> str:
    """Return what other machines join with, as far as this one can know its own name."""
    return f"ssh://{getpass.getuser()}@{platform.node() or 'HOST'}{quote(str(home))}"


def _start_store(
    settings: Settings, rclone: Path, stopping: threading.Event, ends: ExitStack
) -> tuple[Child, store.StoreKey]:
    folder = serve_folder(settings.home)
    ArtifactStore.open("", settings.home)  # makes its folder
    key = store.store_key(folder)
    objects = store.server(rclone, settings.home, folder, key)
    ends.callback(objects.stop)
    objects.start(lambda: stopping.is_set() or store.store_socket(folder).exists())
    return objects, key


def _refuse_configured(settings: Settings) -> None:
    """Raise UserError where another ledger, broker or store is named: nothing would be served that is used."""
    for name in ("SWEEP_DATABASE_URL", settings.broker_field, "SWEEP_ARTIFACTS_URL"):
        if os.environ.get(name, "").strip():
            fix = "names a server, which other machines can use without `sweep serve`; unset it to serve this home"
            raise UserError(name, "", fix)


def _make_home(home: Path) -> None:
    try:
        make_private(home)
        make_private(serve_folder(home))
    except OSError as error:
        raise UserError("SWEEP_HOME", home, f"cannot be made: {error.strerror}") from None


def _note_former_ledger(settings: Settings) -> None:
    """Say once where the sweeps of the SQLite ledger are from now on."""
    if settings.ledger_file.exists() and not postgres_folder(settings.home).is_dir():
        note(
            "from now on this home's ledger is PostgreSQL; earlier sweeps stay in the file, to be read with "
            f"SWEEP_DATABASE_URL=sqlite:///{settings.ledger_file}"
        )


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock; the kernel lets go of it when this process ends.

    Raises:
        UserError: another process holds it.
    """
    lock = os.open(serve_folder(home) / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip()
        os.close(lock)
        raise UserError("SWEEP_HOME", home, f"is served already, by process {holder or 'unknown'}") from None
    try:
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(lock)


@contextmanager
def _signals(stopping: threading.Event) -> Iterator[None]:
    """Meanwhile these signals only set the event."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
