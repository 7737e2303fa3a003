"""A broker that is there and answers with errors: nothing ends, it is reported once, and all works again by itself."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from prunesweep.core.broker.hints import BrokerAway, check, publish, waiting
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep
from prunesweep.orchestrator.run.submission import send_hints
from tests.chaos.servers import Valkey, wait_for
from tests.integration.relay import Relay

_SCRIPT = "while true do end"


@dataclass(frozen=True)
class Refusal:
    """How a server is brought to answer with errors, and back."""

    begin: Callable[[redis.Redis], object]
    end: Callable[[redis.Redis], object]


def _busy(server: redis.Redis) -> None:
    """A script that does not end: every other client is answered BUSY."""
    server.config_set("busy-reply-threshold", 50)
    client = redis.Redis(unix_socket_path=server.connection_pool.connection_kwargs["path"], socket_timeout=0.3)
    with pytest.raises(redis.RedisError):
        client.eval(_SCRIPT, 0)
    client.close()


def _locked(server: redis.Redis) -> None:
    """Sessions end, and the password that the worker has none of is asked for."""
    server.execute_command("ACL", "SETUSER", "admin", "on", ">secret", "+@all", "~*", "&*")
    server.execute_command("AUTH", "admin", "secret")
    server.config_set("requirepass", "another")
    server.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def _forbidden(server: redis.Redis) -> None:
    server.execute_command("ACL", "SETUSER", "admin", "on", ">secret", "+@all", "~*", "&*")
    server.execute_command("AUTH", "admin", "secret")
    server.execute_command("ACL", "SETUSER", "default", "-@all", "+ping", "+auth", "+hello", "+client")


def _replica(server: redis.Redis) -> None:
    server.config_set("replica-serve-stale-data", "yes")
    server.execute_command("REPLICAOF", "127.0.0.1", "1")


def _orphaned(server: redis.Redis) -> None:
    """A replica that has lost its primary and serves nothing of what it has."""
    server.config_set("replica-serve-stale-data", "no")
    server.execute_command("REPLICAOF", "127.0.0.1", "1")


def _no_disk(server: redis.Redis) -> None:
    """Its last snapshot could not be written: MISCONF, to every write."""
    (_snapshot(server) / "in the way").mkdir(parents=True)
    server.config_set("stop-writes-on-bgsave-error", "yes")
    server.config_set("save", "3600 1")
    server.bgsave()
    while server.info("persistence")["rdb_last_bgsave_status"] == "ok":
        time.sleep(0.01)


def _snapshot(server: redis.Redis) -> Path:
    return Path(server.config_get("dir")["dir"]) / server.config_get("dbfilename")["dbfilename"]


def _disk_again(server: redis.Redis) -> None:
    shutil.rmtree(_snapshot(server))
    server.config_set("save", "")
    server.bgsave()
    while server.info("persistence")["rdb_last_bgsave_status"] != "ok":
        time.sleep(0.01)


def _replied(relay: Relay, error: str) -> Refusal:
    def reply(error: str) -> None:
        relay.error = error

    return Refusal(lambda _server: reply(error), lambda _server: reply(""))


def _setting(name: str, bad: object, good: object) -> Refusal:
    return Refusal(lambda server: server.config_set(name, bad), lambda server: server.config_set(name, good))


def _as_replica(begin: Callable[[redis.Redis], object]) -> Refusal:
    return Refusal(begin, lambda server: server.execute_command("REPLICAOF", "NO", "ONE"))


REFUSALS = {
    "out-of-memory": _setting("maxmemory", 1, 0),
    "read-only": _as_replica(_replica),
    "primary-down": _as_replica(_orphaned),
    "no-disk": Refusal(_no_disk, _disk_again),
    "too-few-replicas": _setting("min-replicas-to-write", 1, 0),
    "busy": Refusal(_busy, lambda server: server.execute_command("SCRIPT", "KILL")),
    "no-login": Refusal(_locked, lambda server: server.config_set("requirepass", "")),
    "no-permission": Refusal(
        _forbidden, lambda server: server.execute_command("ACL", "SETUSER", "default", "+@all", "~*", "&*")
    ),
}
REPLIES = {
    "loading": "LOADING Valkey is loading the dataset in memory",
    "cluster-down": "CLUSTERDOWN The cluster is down",
}
"""Of a server that cannot be brought to it here; given in its place by a relay before it."""


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey") / "v")
    server.start()
    wait_for(server)
    yield server
    server.close()


@pytest.fixture(scope="module")
def relay(valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    path = tmp_path_factory.mktemp("relay") / "relay.sock"
    relay = Relay(path, Path(valkey.url.removeprefix("redis+socket://")))
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def far(relay, make_shared_site):
    """A site with one worker on that server."""
    return make_shared_site(SWEEP_BROKER_URL=f"redis+socket://{relay.path}")


@pytest.fixture
def admin(valkey) -> Iterator[redis.Redis]:
    """The one connection that the server keeps serving."""
    path = Path(valkey.url.removeprefix("redis+socket://"))
    with redis.Redis(unix_socket_path=str(path), single_connection_client=True) as client:
        client.ping()
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("name", [*REFUSALS, *REPLIES])
def test_a_refusing_broker_is_one_that_is_away(far, admin, relay, name: str) -> None:
    refusal = REFUSALS[name] if name in REFUSALS else _replied(relay, REPLIES[name])
    worker, trainer = far.workers[0], far.trainer(far.workers[0])
    began = far.log().stat().st_size
    running, queued, after = Sleep(f"running-{name}", 0.0), Sleep(f"queued-{name}", 0.0), Sleep(f"after-{name}", 0.0)
    with far.hold():
        far.submit(running.label, [running])
        far.wait(running, State.RUNNING)
        far.submit(queued.label, [queued])  # its hint lies on the queue when the slot is free to take it
        refusal.begin(admin)
    try:
        with pytest.raises(BrokerAway):
            publish(far.app, {"0" * 64: 0})
        note = send_hints(far.settings, ["0" * 64])
        assert "the sweep is written" in note
        assert "\n" not in note
        with pytest.raises(UserError, match="the broker"):
            check(far.settings)
        with suppress(Exception):
            far.app.control.broadcast("ping", reply=True, timeout=0.3)  # the worker cannot answer it
        far.wait(running, State.DONE)
        far.submit(after.label, [after], hint=False)
        far.until(lambda: b"trying again" in _news(far, began), "a worker that noticed")
    finally:
        refusal.end(admin)
    for stage in (queued, after):
        far.wait(stage, State.DONE)
        assert far.stage(stage).attempt == 1
    far.until(lambda: waiting(far.app) == 0, "an empty queue")
    assert worker.poll() is None
    assert far.trainer(worker) == trainer
    assert far.stage(running).attempt == 1
    far.until(lambda: b"works again" in _news(far, began), "that it works again")
    text = _news(far, began).decode()
    assert "Traceback" not in text
    told = [line.partition(" W ")[2] for line in text.splitlines() if "trying again" in line]
    assert len(set(told)) == len(told) <= 6, text


def _news(site, began: int) -> bytes:
    return site.log().read_bytes()[began:]
