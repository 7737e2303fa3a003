"""What somebody who can write to the broker can send. A worker must survive it, run none of it, and go on."""

import base64
import gzip
import json
import os
import pickle
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from prunesweep.core.broker import embedded
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep
from prunesweep.core.plan.task import QUEUE, TASK
from tests.integration.conftest import Site

Message = dict[str, Any]
_PICKLE = "application/x-python-serialize"


class _Touch:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> object:
        return os.system, (f"touch {self._path}",)


@contextmanager
def _client(site: Site) -> Iterator["redis.Redis[bytes]"]:
    with redis.Redis(unix_socket_path=str(embedded.socket_path(site.settings))) as client:
        yield client


def _envelope(site: Site, body: object, *, task: object = TASK, encoding: str = "application/json") -> Message:
    """A message as Celery writes it; `body` is bytes, or what JSON can hold."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    message = site.app.amqp.as_task_v2(str(uuid.uuid4()), TASK, args=[], ignore_result=True)
    return {
        "body": base64.b64encode(raw).decode(),
        "content-encoding": "binary" if isinstance(body, bytes) else "utf-8",
        "content-type": encoding,
        "headers": {**message.headers, "task": task},
        "properties": {
            **message.properties,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }


def _call(*arguments: object, **named: object) -> list[object]:
    return [list(arguments), named, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def _send(site: Site, *messages: bytes | Message) -> None:
    with _client(site) as client:
        for message in messages:
            client.lpush(QUEUE, message if isinstance(message, bytes) else json.dumps(message))


def _goes_on(site: Site, label: str) -> None:
    """The worker that was there before runs an honest stage."""
    stage = Sleep(label, 0.0)
    site.submit(f"after-{uuid.uuid4().hex}", [stage])
    site.wait(stage, State.DONE)
    assert site.workers[0].poll() is None


def test_a_pickle_is_never_opened(shared: Site, tmp_path: Path) -> None:
    witness = tmp_path / "opened"
    evil = pickle.dumps(_Touch(witness))
    kinds = (_PICKLE, "application/x-yaml", "application/x-msgpack", "text/plain", "application/data", "", "pickle")
    _send(shared, *(_envelope(shared, evil, encoding=kind) for kind in kinds))
    inside = _envelope(shared, evil, encoding=_PICKLE)
    inside["headers"]["serializer"] = "pickle"
    _send(shared, inside)
    _goes_on(shared, "after pickles")
    assert not witness.exists()


ARGUMENTS: dict[str, object] = {
    "none": _call(),
    "two": _call("0" * 64, "1" * 64),
    "named": _call(digest="0" * 64),
    "unknown-name": _call("0" * 64, evil="1"),
    "number": _call(7),
    "null": _call(None),
    "list": _call(["0" * 64]),
    "object": _call({"digest": "0" * 64}),
    "path": _call("../" * 20 + "etc/passwd"),
    "nul": _call("0" * 63 + "\0"),
    "newline": _call("0" * 64 + "\n"),
    "upper-case": _call("A" * 64),
    "full-width digits": _call("\N{FULLWIDTH DIGIT ZERO}" * 64),
    "surrogate": _call("\ud800" * 64),
    "escape": _call("\x1b]0;owned\x07\x1b[31m" + "0" * 64),
    "sql": _call("' OR 1=1; DROP TABLE stages; --"),
    "megabyte": _call("a" * 1_000_000),
    "unknown digest": _call("f" * 64),
    "no-list": {"digest": 1},
    "short": [[]],
    "text": "run it",
    "embed": [["f" * 64], {}, {"chain": [{"task": "os.system"}], "callbacks": [{"task": "x"}], "chord": {"a": 1}}],
    "bad-embed": [["f" * 64], {}, "no object"],
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_that_no_hint_has(shared: Site, name: str) -> None:
    _send(shared, _envelope(shared, ARGUMENTS[name]))
    _goes_on(shared, f"after {name}")
    assert b"\x1b]" not in shared.log().read_bytes()


@pytest.mark.parametrize("task", ["os.system", "celery.backend_cleanup", "celery.chain", "", "a" * 100_000, None, 7])
def test_tasks_of_other_names(shared: Site, task: object) -> None:
    _send(shared, _envelope(shared, _call("echo owned"), task=task))
    _goes_on(shared, f"after task {str(task)[:20]}")


def _without(message: Message, part: str) -> Message:
    return {name: value for name, value in message.items() if name != part}


def _changed(message: Message, part: str, **values: object) -> Message:
    return {**message, part: {**message[part], **values}}


RAW: dict[str, Callable[[Site], bytes | Message]] = {
    "no JSON": lambda site: b"not json",
    "nothing": lambda site: b"",
    "binary": lambda site: bytes(range(256)),
    "a list": lambda site: b"[1, 2]",
    "a number": lambda site: b"7",
    "null": lambda site: b"null",
    "deep": lambda site: _nested(100_000),
    "deep body": lambda site: _envelope(site, _nested(100_000)),
    "no properties": lambda site: _without(_envelope(site, _call("f" * 64)), "properties"),
    "no headers": lambda site: _without(_envelope(site, _call("f" * 64)), "headers"),
    "no body": lambda site: _without(_envelope(site, _call("f" * 64)), "body"),
    "no base64": lambda site: {**_envelope(site, _call("f" * 64)), "body": "%%%"},
    "bad tag": lambda site: _changed(_envelope(site, _call("f" * 64)), "properties", delivery_tag=["x"]),
    "no place": lambda site: _changed(_envelope(site, _call("f" * 64)), "properties", delivery_info=None),
    "far future": lambda site: _changed(_envelope(site, _call("f" * 64)), "headers", eta="9999-01-01T00:00:00"),
    "bad time": lambda site: _changed(_envelope(site, _call("f" * 64)), "headers", eta="soon", expires={}),
    "a bomb": lambda site: {
        **_changed(_envelope(site, _call("f" * 64)), "headers", compression="application/x-gzip"),
        "body": base64.b64encode(gzip.compress(b"[" * 30_000_000)).decode(),
    },
    "typed JSON": lambda site: _envelope(site, {"__type__": "uuid", "__value__": "os.system"}),
}


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_message(shared: Site, name: str) -> None:
    _send(shared, RAW[name](shared))
    _goes_on(shared, f"after raw {name}")


def _publish(site: Site, *messages: bytes | Message) -> None:
    """To every worker at once, on the channel of Celery's control commands."""
    with _client(site) as client:
        for message in messages:
            raw = message if isinstance(message, bytes) else json.dumps(message)
            # A command that fails makes Celery subscribe anew, so that it is deaf for a moment.
            site.until(lambda raw=raw: client.publish("/0.celery.pidbox", raw) == 1, "a worker that listens")


def test_control_messages_of_any_shape(shared: Site, tmp_path: Path) -> None:
    witness = tmp_path / "opened"
    command = {"method": "ping", "arguments": {}, "destination": None}
    _publish(
        shared,
        _envelope(shared, pickle.dumps(_Touch(witness)), encoding=_PICKLE),
        _envelope(shared, {**command, "method": "os.system", "arguments": {"command": f"touch {witness}"}}),
        _envelope(shared, {**command, "arguments": {"unknown": 1}}),
        _envelope(shared, {**command, "arguments": [1, 2]}),
        _envelope(shared, {**command, "reply_to": "nobody"}),
        _envelope(shared, []),
        _without(_envelope(shared, command), "properties"),
        b"no json",
        b"[1]",
        _nested(100_000),
    )
    _goes_on(shared, "after control messages")
    assert not witness.exists()


def test_control_commands_are_celerys_own(shared: Site) -> None:
    """Who may write to the broker may also ask workers to stop, as with any Celery worker: docs/scale-out.md."""
    assert shared.app.control.ping(timeout=30.0, limit=1)
