"""Calls to a database that is connected and answers nothing end; those that only take long do not."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger, take_over
from prunesweep.core.ledger.db.open_connections import OpenConnections
from prunesweep.core.ledger.db.silence import SilenceWatch
from prunesweep.core.ledger.db.transactions import BEGIN
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.cli.app import main
from tests.support.stopped import stopped

PATIENCE = 60.0


@pytest.fixture
def far(settings: Settings, postgres_ledger: Engine) -> Settings:
    """Settings with a ledger on a server, whose answer is awaited for a third of a second."""
    url = postgres_ledger.url.render_as_string(hide_password=False)
    return replace(settings, database_url=url, answer=0.3)


@pytest.fixture
def environ(far: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for commands."""
    for name, value in {"HOME": far.home, "DATABASE_URL": far.database_url, "ANSWER_SECONDS": 1}.items():
        monkeypatch.setenv(f"SWEEP_{name}", str(value))


@contextmanager
def stopping(admin: Engine, moment: str) -> Iterator[None]:
    """Stop the server for the rest of the block, `at commit` of what is written, or `after commit`."""
    with ExitStack() as held:
        passed: list[str] = []

        def reach(now: str) -> None:
            passed.append(now)
            if passed.count(moment) == 1 and now == moment:
                held.enter_context(stopped(admin))

        def commit(connection: Connection) -> None:
            if connection.get_execution_options().get(BEGIN):
                reach("at commit")

        def begin(_: Connection) -> None:
            if passed:
                reach("after commit")

        for name, listener in (("commit", commit), ("begin", begin)):
            event.listen(Engine, name, listener)
            held.callback(event.remove, Engine, name, listener)
        yield
        assert moment in passed


def test_a_call_to_a_stopped_server_ends_and_a_long_one_does_not(far: Settings, postgres: Engine) -> None:
    engine = open_ledger(far)
    with engine.connect() as connection:  # asked again and again meanwhile, the server answers
        connection.execute(text("SELECT pg_sleep(0.5)"))
    with stopped(postgres):
        with pytest.raises(OperationalError, match=r"it has not answered for 0\.3 s"), engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        with pytest.raises(UserError, match="cannot be used: connection timeout expired"):
            open_ledger(far)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
    engine.dispose()


def test_who_waits_is_told_of_a_silence_and_of_its_end(postgres_ledger: Engine) -> None:
    engine = create_engine(postgres_ledger.url)
    replies, told, over = iter((False, True)), [], threading.Event()

    def tell(said: str) -> None:
        told.append(said)
        if len(told) == 2:
            over.set()

    watch = SilenceWatch(engine, OpenConnections(engine), 3.0, tell, lambda *_: next(replies, True))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert over.wait(PATIENCE)
        assert connection.execute(text("SELECT 2")).scalar() == 2
    assert told[0].startswith("has not answered for ") and "SWEEP_ANSWER_SECONDS" in told[0]
    assert told[1] == "answers again"
    watch.end()
    engine.dispose()


def test_who_ends_calls_by_itself_is_not_interfered_with(far: Settings) -> None:
    before = set(threading.enumerate())
    engine = open_ledger(far)
    (watch,) = (thread for thread in set(threading.enumerate()) - before if thread.name == "ledger silence")
    connections = take_over(engine)
    watch.join(PATIENCE)
    assert not watch.is_alive()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        assert connections.any_open()
    engine.dispose()


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize(
    ("moment", "said"),
    [("at commit", "as a whole or not at all (look: sweep list); "), ("after commit", "unanswered is written; ")],
)
def test_a_submit_without_an_answer_says_what_is_written(
    postgres: Engine, capsys: pytest.CaptureFixture[str], moment: str, said: str
) -> None:
    words = ["submit", "--sparsity", "50", "--seeds", "0", "--name", "unanswered"]
    with stopping(postgres, moment):
        assert main(words) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "SWEEP_DATABASE_URL 'postgresql" in told and said in told
    assert ("run this command again, which is safe" in told) == (moment == "at commit")
    assert main(words) == 0
    assert "unanswered: 6 cells, 32 stages (0 new" in capsys.readouterr().out
