import pytest

from prunesweep.core.sparse.codegen.target import TARGETS, Target, unsupported
from tests.support.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(params=TARGETS, ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Target:
    """Each that this processor has."""
    wanted: Target = request.param
    if reason := unsupported(wanted):
        pytest.skip(reason)
    return wanted
