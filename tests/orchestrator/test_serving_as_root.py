"""A home that root serves: PostgreSQL runs as `nobody`, who must come to its folder in a home made for root alone."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.private import make_private
from prunesweep.orchestrator.serving import postgres


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter, as /srv is."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_fresh_home_of_root_is_opened_to_its_own_group_only(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_user", lambda: "nobody")
    home = place / "home"
    make_private(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    postgres._let_in(home / "postgres", home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert home.stat().st_gid == os.getegid()


def test_what_lies_above_the_home_is_refused_and_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_user", lambda: "nobody")
    above = place / "root"
    above.mkdir(mode=0o700)
    home = above / "home"
    make_private(home)
    with pytest.raises(UserError, match=r"cannot enter it"):
        postgres._let_in(home / "postgres", home)
    assert stat.S_IMODE(above.stat().st_mode) == 0o700
