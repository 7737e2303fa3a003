"""Encrypted connections to broker and ledger, with a password, and what is refused."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from kombu import pools
from sqlalchemy import Engine, make_url

from prunesweep.core.broker import hints
from prunesweep.core.broker.app import make_app
from prunesweep.core.broker.valkey import find_server
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep
from prunesweep.core.settings import load_settings
from tests.artifacts.conftest import free_ports
from tests.integration.conftest import Site
from tests.security.tls import Certificate, make_certificate, tls_proxy, to_port, to_socket

PASSWORD = "ge/he@im:%&#"
"""Every character in it has a meaning in a URL."""

QUOTED = quote(PASSWORD, safe="")


@dataclass(frozen=True)
class Servers:
    """Ports of 127.0.0.1: broker, broker with another host's certificate, PostgreSQL."""

    certificate: Certificate
    broker: int
    foreign: int
    postgres: int

    def redis(self, options: str = "", password: str = QUOTED, host: str = "localhost", port: int = 0) -> str:
        return f"rediss://:{password}@{host}:{port or self.broker}/0{options}"

    @property
    def trusted(self) -> str:
        return f"?ssl_ca_certs={self.certificate.file}"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, postgres: Engine) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("tls")
    ours, others = make_certificate(folder), make_certificate(folder, "elsewhere.example")
    (port,) = free_ports(1)
    command = [str(find_server()), "--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD]
    command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    valkey = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder)
    database = Path(str(postgres.url.query["host"])) / ".s.PGSQL.5432"
    try:
        with ExitStack() as stack:
            _wait(port)
            opened = [
                stack.enter_context(tls_proxy(ours, to_port(port))),
                stack.enter_context(tls_proxy(others, to_port(port))),
                stack.enter_context(tls_proxy(ours, to_socket(database), postgres=True)),
            ]
            yield Servers(ours, *opened)
    finally:
        valkey.terminate()
        valkey.wait()


@pytest.fixture(autouse=True)
def _no_pooled_connections() -> Iterator[None]:
    """kombu's pools belong to the process and tell URLs apart by host and password, not by their TLS options."""
    pools.reset()
    yield
    pools.reset()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            to_port(port)().close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("valkey does not come up")


def _use(url: str) -> int:
    """Checks the broker, publishes a hint and counts what waits, all over the URL."""
    settings = load_settings({"SWEEP_BROKER_URL": url})
    assert "answers in" in hints.check(settings)
    app = make_app(settings)
    try:
        before = hints.waiting(app)
        assert hints.publish(app, ["0" * 64]) == 1
        return hints.waiting(app) - before
    finally:
        app.close()


def _refused(url: str) -> str:
    """Nothing gets through over the URL; the one line that says so."""
    settings = load_settings({"SWEEP_BROKER_URL": url})
    app = make_app(settings)
    for call in (lambda: hints.publish(app, ["0" * 64]), lambda: hints.waiting(app)):
        with pytest.raises(hints.BrokerAway) as away:
            call()
        assert PASSWORD not in str(away.value) and QUOTED not in str(away.value)
    app.close()
    with pytest.raises(UserError) as caught:
        hints.check(settings)
    message = str(caught.value)
    assert message.startswith("SWEEP_BROKER_URL 'rediss://:***@")
    assert "\n" not in message and PASSWORD not in message and QUOTED not in message
    return message


def test_a_broker_over_tls_with_a_password(servers: Servers) -> None:
    for options in (
        servers.trusted,
        f"{servers.trusted}&ssl_cert_reqs=required",
        f"{servers.trusted}&ssl_cert_reqs=CERT_REQUIRED",
        "?ssl_cert_reqs=none",
        "?ssl_cert_reqs=CERT_NONE",
    ):
        pools.reset()
        assert _use(servers.redis(options)) == 1
    assert _use(servers.redis(servers.trusted, host="127.0.0.1")) == 1


def test_the_system_s_authorities_count(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(servers.certificate.file))
    assert _use(servers.redis()) == 1


def test_a_plain_rediss_url_trusts_nobody_unknown(servers: Servers) -> None:
    assert "certificate verify failed" in _refused(servers.redis()).lower()


def test_a_certificate_of_another_host_is_refused(servers: Servers) -> None:
    other = servers.certificate.file.with_name("elsewhere.example.crt")
    url = servers.redis(f"?ssl_ca_certs={other}", port=servers.foreign)
    assert "hostname mismatch" in _refused(url).lower()
    pools.reset()
    assert _use(f"{url}&ssl_check_hostname=false") == 1


def test_a_wrong_password_is_refused(servers: Servers) -> None:
    for password in ("wrong", ""):
        message = _refused(servers.redis(servers.trusted, password=password))
        assert "invalid username-password pair" in message or "already authenticated" in message


@pytest.fixture
def database(postgres: Engine, postgres_database: Callable[[], str]) -> str:
    """A new database's name."""
    return str(make_url(postgres_database()).database)


def _postgres_url(servers: Servers, database: str, options: str, host: str = "localhost") -> str:
    return f"postgresql://postgres:{QUOTED}@{host}:{servers.postgres}/{database}?{options}"


def test_a_ledger_over_tls(servers: Servers, database: str) -> None:
    verified = f"sslmode=verify-full&sslrootcert={servers.certificate.file}"
    for options in ("sslmode=require", verified):
        settings = load_settings({"SWEEP_DATABASE_URL": _postgres_url(servers, database, options)})
        engine = open_ledger(settings, upgrade=True)
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            assert raw.pgconn.ssl_in_use
        engine.dispose()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("sslmode=verify-full&sslrootcert={other}", "certificate verify failed"),
        ("sslmode=verify-full&sslrootcert=/none.crt", "/none.crt"),
        ("sslmode=disable", "cannot be used"),
        ("sslmode=maybe", "invalid sslmode"),
        ("sslmode=require&sslpasword=geheim", "invalid connection option"),
    ],
)
def test_a_ledger_that_cannot_be_trusted_is_one_line(servers: Servers, database: str, options: str, words: str) -> None:
    other = servers.certificate.file.with_name("elsewhere.example.crt")
    url = _postgres_url(servers, database, options.format(other=other))
    with pytest.raises(UserError) as caught:
        open_ledger(load_settings({"SWEEP_DATABASE_URL": url}))
    message = str(caught.value)
    assert message.startswith("SWEEP_DATABASE_URL 'postgresql+psycopg://postgres:***@")
    assert words in message
    assert "\n" not in message and "geheim" not in message and PASSWORD not in message and QUOTED not in message


def test_a_worker_over_tls(servers: Servers, database: str, make_site: Callable[..., Site]) -> None:
    url = _postgres_url(servers, database, f"sslmode=verify-full&sslrootcert={servers.certificate.file}")
    open_ledger(load_settings({"SWEEP_DATABASE_URL": url}), upgrade=True).dispose()
    site = make_site(SWEEP_DATABASE_URL=url, SWEEP_BROKER_URL=servers.redis(servers.trusted))
    site.start()
    stage = Sleep("encrypted", 0.0)
    site.submit("encrypted", [stage])
    site.wait(stage, State.DONE)
    text = site.log().read_text()
    assert "insecure" not in text
    assert PASSWORD not in text and QUOTED not in text
    hinted = Sleep("by a hint", 0.0)
    site.submit("hinted", [hinted])
    site.wait(hinted, State.DONE)
