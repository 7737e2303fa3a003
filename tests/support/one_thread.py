"""One torch thread for every test of a room: its conftest.py imports the fixture."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small work is quickest so: beside other tests a second thread waits for its core, and the first spins for it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
