import pytest

from prunesweep.core.sparse.codegen.target import TARGETS, Target, unsupported
from prunesweep.core.sparse.runtime import engine
from tests.support.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(params=TARGETS, ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Target:
    """Each that this processor has."""
    wanted: Target = request.param
    if reason := unsupported(wanted):
        pytest.skip(reason)
    return wanted


@pytest.fixture(autouse=True)
def short_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines choose among their ways after a look of 1 ms instead of 30, and don't let threads rest for 100 ms before:
    no test here depends on how good that choice is."""
    monkeypatch.setattr(engine, "_BURST_SECONDS", 0.001)
    monkeypatch.setattr(engine, "_SETTLE_SECONDS", 0.0)
