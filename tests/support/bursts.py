"""Measurements in short bursts: for tests of what is said of a measurement, not of how exact it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from prunesweep.core.measure import interleaved


@contextmanager
def in_short_bursts() -> Iterator[None]:
    """Within, measurements in this process warm up and burst for 1 ms instead of 10, in as many rounds as ever."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interleaved, "_BURST_SECONDS", 0.001)
        patch.setattr(interleaved, "_WARM_SECONDS", 0.001)
        yield
