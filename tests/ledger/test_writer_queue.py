"""The queue in front of a SQLite ledger's lock: it hands on, and it never stands in the way."""

import fcntl
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import sweeps
from prunesweep.core.ledger.db.transactions import QUEUE, writing
from prunesweep.core.ledger.db.writer_queue import WriterQueue
from prunesweep.core.settings import Settings

HOLD = """
import sys
from pathlib import Path
from prunesweep.core.ledger.db.writer_queue import WriterQueue
with WriterQueue(Path(sys.argv[1])).turn():
    print("held", flush=True)
    sys.stdin.read()
"""


def _queue(file: Path, longest_wait: float = 60.0) -> WriterQueue:
    made = WriterQueue(file)
    made.longest_wait = longest_wait
    return made


def _free(file: Path) -> bool:
    """Return whether whoever comes now has the lock at once."""
    with suppress(BlockingIOError), (file.with_name(f"{file.name}-queue")).open() as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def test_a_turn_is_handed_on_when_it_ends(tmp_path: Path) -> None:
    first, second, done = _queue(tmp_path / "l"), _queue(tmp_path / "l"), threading.Event()

    def write() -> None:
        with second.turn():
            done.set()

    with first.turn():
        writer = threading.Thread(target=write)
        writer.start()
        assert not done.wait(0.05)
    assert done.wait(60)
    writer.join()


def test_a_holder_that_dies_is_followed_at_once(tmp_path: Path) -> None:
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "l")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with held:
        assert held.stdout is not None
        assert held.stdout.readline() == b"held\n"
        assert not _free(tmp_path / "l")
        held.kill()
    with _queue(tmp_path / "l").turn():
        assert not _free(tmp_path / "l")


def test_whoever_waited_too_long_writes_all_the_same_and_leaves_no_lock(settings: Settings) -> None:
    """As if the holder hung: SQLite decides then, and the lock that comes too late is given back."""
    engine = open_ledger(settings)
    own: WriterQueue = engine.get_execution_options()[QUEUE]
    own.longest_wait = 0.02
    with _queue(settings.ledger_file).turn():
        threads = set(threading.enumerate())
        for number in range(3):
            with writing(engine) as connection:
                row = {"name": f"s{number}", "grid": {}, "version": "1", "cancelled": False}
                connection.execute(insert(sweeps).values(created_at=DatabaseNow(), **row))
        assert len(set(threading.enumerate()) - threads) == 1  # those of earlier tests may end meanwhile
    own.longest_wait = 60.0
    with own.turn():
        assert not _free(settings.ledger_file)
    assert _free(settings.ledger_file)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(sweeps)).scalar_one() == 3
    engine.dispose()


def test_without_its_file_there_is_no_queue(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "l-queue").symlink_to(target)
    with _queue(tmp_path / "l").turn():
        assert not target.exists()


def test_an_inherited_lock_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = _queue(tmp_path / "l")
    with parent.turn():
        inherited = parent._mine()
        monkeypatch.setattr("prunesweep.core.ledger.db.writer_queue.os.getpid", lambda: 1)
        assert parent._mine() is not inherited
