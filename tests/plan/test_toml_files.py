"""Every TOML file that a person writes is read at one place, and ends in one line where it cannot be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.costs import load_profile
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.recipes import load_recipe


@pytest.mark.parametrize("load", [load_grid, load_recipe, load_profile])
@pytest.mark.parametrize(
    ("content", "fix"),
    [
        (b"x = [", "not valid TOML: "),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "not valid TOML: nested too deeply"),
        (b"x = '\xff'", "not UTF-8 text"),
        (b"#" * (2**20 + 1), r"larger than a \w+ can be \(1 MiB\)"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_read(load: Callable[[str], object], content: bytes | None, fix: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError, match=fix):
        load(str(file))
    with pytest.raises(UserError, match="is not a path"):
        load("null\0.toml")
