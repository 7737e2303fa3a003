"""No command, however it fails, prints a password: neither as it is nor as it stands in the URL."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from prunesweep.core.urls import mask
from prunesweep.worker.__main__ import main as worker_main

Sweep = Callable[..., Any]

PLAIN = "geheimGEHEIM"
SPECIAL = "geh/eim@GEH:eim?&#%;x"
SECRETS = (PLAIN, SPECIAL, quote(SPECIAL, safe=""), "geh/eim", "GEH:eim")
QUOTED = quote(SPECIAL, safe="")

BROKERS = (
    *(f"redis://:{secret}@127.0.0.1:PORT/0" for secret in (PLAIN, QUOTED, SPECIAL)),
    f"rediss://me:{QUOTED}@127.0.0.1:PORT/0?ssl_password={PLAIN}",
    f"redis://{PLAIN}@127.0.0.1:PORT/0",
    f"redis://:{PLAIN}",
    f"redis://:{PLAIN}@127.0.0.1:port/0",
    f"redis://127.0.0.1:PORT/0?password={PLAIN}",
    f"redis:{PLAIN}@127.0.0.1",
    f"amqp://me:{PLAIN}@127.0.0.1:PORT",
    f"redis+socket://:{PLAIN}@/none.sock?password={PLAIN}",
)
DATABASES = (
    *(f"postgresql://me:{secret}@127.0.0.1:PORT/db" for secret in (PLAIN, QUOTED, SPECIAL)),
    f"postgresql://127.0.0.1:PORT/db?user=me&password={QUOTED}",
    f"postgresql://127.0.0.1:PORT/db?user=me&pasword={PLAIN}",
    f"postgresql://me:{PLAIN}@127.0.0.1:PORT/db?sslmode=verify-full&sslrootcert=/none&sslpassword={PLAIN}",
    f"postgresql://me:{PLAIN}",
    f"postgresql://me:{PLAIN}@127.0.0.1:port/db",
    f"mysql://me:{PLAIN}@127.0.0.1/db",
    PLAIN,
)
STORES = (
    f"s3://key:{PLAIN}@bucket/x",
    f"s3://bucket/x?endpoint=http://127.0.0.1:PORT&secret_access_key={PLAIN}",
    f"az://container/x?sv=1&sig={QUOTED}",
    f"ftp://me:{PLAIN}@host/x",
    f"file:///tmp/x?token={PLAIN}",
)


@pytest.fixture
def port() -> Iterator[str]:
    """One at which nobody answers."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield str(reserved.getsockname()[1])


def _silent(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in SECRETS if secret in text], text


@pytest.mark.parametrize("url", BROKERS + DATABASES + STORES)
def test_no_url_shows_its_secret(url: str) -> None:
    _silent(mask(url))


CASES = [
    *(("SWEEP_BROKER_URL", url) for url in BROKERS),
    *(("SWEEP_DATABASE_URL", url) for url in DATABASES),
    *(("SWEEP_ARTIFACTS_URL", url) for url in STORES),
]


@pytest.mark.parametrize(("variable", "url"), CASES)
def test_commands_that_cannot_reach_it(
    sweep: Sweep,
    home: Path,
    port: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    url: str,
) -> None:
    monkeypatch.setenv(variable, url.replace("PORT", port))
    for command in (
        ("doctor", "--dataset", "nothing"),
        ("doctor", "--json", "--dataset", "nothing"),
        ("submit", "--grid", "demo", "--json"),
        ("retry", "--json"),
        ("status",),
        ("db", "upgrade"),
    ):
        ran = sweep(*command)
        assert ran.code in (0, 1, 2)
        _silent(ran.out, ran.err)
    assert worker_main(["--devices", "cpu"]) == 2
    written = capsys.readouterr()
    assert len(written.err.splitlines()) == 1
    _silent(written.out, written.err)


def test_a_wrong_password(sweep: Sweep, postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers and knows no such user."""
    folder = postgres.url.query["host"]
    monkeypatch.setenv("SWEEP_DATABASE_URL", f"postgresql://nobody:{QUOTED}@/postgres?host={folder}")
    for command in (("status",), ("doctor", "--json", "--dataset", "nothing"), ("db", "upgrade")):
        ran = sweep(*command)
        assert ran.code in (1, 2)
        _silent(ran.out, ran.err)


def test_plain_celery_s_own_words(home: Path, port: str) -> None:
    """Celery prints the broker's URL in its own way."""
    environ = {**os.environ, "SWEEP_BROKER_URL": f"redis://:{QUOTED}@127.0.0.1:{port}/0"}
    command = [sys.executable, "-m", "celery", "-A", "prunesweep.worker.app", "report"]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300)
    _silent(ran.stdout, ran.stderr)
