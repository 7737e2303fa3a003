"""A worker whose broker dies, comes back with or without what it knew, or is damaged: no trainer notices."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import redis

from prunesweep.core.broker import embedded
from prunesweep.core.broker.valkey import find_server
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep
from tests.integration.conftest import Site
from tests.support.folders import remove_at_once


@dataclass
class Valkey:
    """A server of the test's own, reached by a port or by a unix socket."""

    folder: Path
    url: str
    place: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        keeps = ("--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "always", "--save", "")
        self.process = subprocess.Popen(
            [find_server(), *self.place, *keeps],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        client = self.client()
        while True:
            try:
                client.ping()
                break
            except redis.RedisError:
                time.sleep(0.02)
        client.close()

    def client(self) -> redis.Redis:
        if self.url.startswith("redis+socket"):
            return redis.Redis(unix_socket_path=self.url.removeprefix("redis+socket://"))
        return redis.Redis.from_url(self.url)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _server(folder: Path, place: str) -> Valkey:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if place == "port":
        return Valkey(folder, f"redis://127.0.0.1:{port}/0", ("--port", str(port), "--bind", "127.0.0.1"))
    return Valkey(folder, f"redis+socket://{folder / 's'}", ("--port", "0", "--unixsocket", str(folder / "s")))


@pytest.fixture(scope="module")
def far(tmp_path_factory, make_shared_site) -> Iterator[Callable[[str], tuple[Valkey, Site]]]:
    """`far("port")` is a server and a site with one worker on it, for all tests that ask for that place.

    The worker ends before its server does: without one it reconnects, and takes long to stop."""
    made: dict[str, tuple[Valkey, Site]] = {}

    def get(place: str) -> tuple[Valkey, Site]:
        if place not in made:
            server = _server(tmp_path_factory.mktemp("v"), place)
            server.start()
            made[place] = (server, make_shared_site(SWEEP_BROKER_URL=server.url))
        return made[place]

    yield get
    for server, site in made.values():
        site.close()
        server.kill()


def with_its_file(valkey: Valkey) -> None:
    valkey.kill()
    valkey.start()


def without_its_file(valkey: Valkey) -> None:
    valkey.kill()
    for kept in (valkey.folder / "appendonlydir").iterdir():
        kept.unlink()
    valkey.start()


def emptied(valkey: Valkey) -> None:
    with valkey.client() as client:
        client.flushall()


def away_for_a_while(valkey: Valkey) -> None:
    valkey.kill()
    time.sleep(float(os.environ.get("TEST_OUTAGE_SECONDS", "5")))
    valkey.start()


def not_answering(valkey: Valkey) -> None:
    """As when its host is cut off: sockets stay open, and nothing comes."""
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    time.sleep(5.0)
    valkey.process.send_signal(signal.SIGCONT)


LOSSES = [with_its_file, without_its_file, emptied, away_for_a_while, not_answering]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "lose"),
    [*(("port", lose) for lose in LOSSES), ("socket", with_its_file), ("socket", emptied)],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_the_work_goes_on(
    far: Callable[[str], tuple[Valkey, Site]], place: str, lose: Callable[[Valkey], None]
) -> None:
    valkey, site = far(place)
    name = f"{lose.__name__}-{place}"
    trainer, began = site.trainer(site.workers[0]), len(site.log().read_text())
    running = Sleep(f"running-{name}", 1.0)
    waiting = [Sleep(f"waiting-{name}-{number}", 0.0) for number in range(20)]
    site.submit(running.label, [running])
    site.wait(running, State.RUNNING)
    site.submit(f"waiting-{name}", waiting)
    lose(valkey)
    later = Sleep(f"later-{name}", 0.0)
    site.submit(later.label, [later], hint=False)
    for stage in (running, *waiting, later):
        site.wait(stage, State.DONE)
        assert site.stage(stage).attempt == 1
    assert site.trainer(site.workers[0]) == trainer
    told = re.findall("connection to the broker: .*trying again", site.log().read_text()[began:])
    assert len(set(told)) == len(told) <= 3


@pytest.mark.slow
def test_a_worker_stops_though_its_broker_says_nothing(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """Celery's own event of each 2 s waits for an answer without end, and nothing in that wait asks whether to stop."""
    server = _server(tmp_path, "port")
    server.start()
    site = make_site(SWEEP_BROKER_URL=server.url)
    worker = site.start()
    site.trainer(worker)
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    site.until(lambda: "Timeout reading from socket" in site.log().read_text(), "a wait for the broker")
    time.sleep(5.0)  # so that the event is in such a wait, too
    worker.send_signal(signal.SIGTERM)
    try:
        assert worker.wait(60) == 0
    finally:
        server.process.send_signal(signal.SIGCONT)
        site.close()
        server.kill()


def embedded_server(site) -> psutil.Process:
    return psutil.Process(int((site.settings.broker_folder / "valkey.pid").read_text()))


def socket_removed(site) -> None:
    embedded.socket_path(site.settings).unlink()


def socket_replaced(site) -> None:
    path = embedded.socket_path(site.settings)
    path.unlink()
    path.write_text("not a socket")


def killed(site) -> None:
    os.kill(embedded_server(site).pid, signal.SIGKILL)


def file_damaged(site) -> None:
    killed(site)
    for kept in (site.settings.broker_folder / "appendonlydir").glob("*incr*"):
        kept.write_bytes(b"nonsense" * 50)


@pytest.fixture
def lost_servers(shared) -> Iterator[list[psutil.Process]]:
    """Those that nobody can find any more."""
    lost: list[psutil.Process] = []
    yield lost
    for server in lost:
        with suppress(psutil.NoSuchProcess):
            server.kill()


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage", [killed, file_damaged, socket_removed, socket_replaced], ids=lambda one: one.__name__
)
def test_the_embedded_broker_is_put_right(shared, damage) -> None:
    trainer = shared.trainer(shared.workers[0])
    running = Sleep(f"running-{damage.__name__}", 1.0)
    later = [Sleep(f"later-{damage.__name__}-{number}", 0.0) for number in range(3)]
    shared.submit(running.label, [running])
    shared.wait(running, State.RUNNING)
    damage(shared)
    shared.submit(f"later-{damage.__name__}", later, hint=False)
    for stage in (running, *later):
        shared.wait(stage, State.DONE)
        assert shared.stage(stage).attempt == 1
    assert shared.trainer(shared.workers[0]) == trainer
    assert embedded.running(shared.settings)


@pytest.mark.slow
def test_a_worker_does_not_stay_with_a_server_that_nobody_else_reaches(shared, lost_servers) -> None:
    """Its whole folder is removed: another one starts, and the one that nobody can find is ended."""
    trainer = shared.trainer(shared.workers[0])
    lost_servers.append(embedded_server(shared))
    remove_at_once(shared.settings.broker_folder)
    shared.until(lambda: embedded.running(shared.settings), "another server")
    later = Sleep("later-folder", 0.0)
    shared.submit(later.label, [later], hint=False)
    shared.wait(later, State.DONE)
    shared.until(lambda: not lost_servers[0].is_running(), "the end of the lost server")
    assert shared.stage(later).attempt == 1
    assert shared.trainer(shared.workers[0]) == trainer
