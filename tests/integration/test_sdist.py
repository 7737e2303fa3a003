"""The source archive: a wheel built from it has every file of the package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_wheel_from_the_source_archive_has_all_rooms(tmp_path: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    built = subprocess.run([uv, "build", "--quiet", "--out-dir", tmp_path, ROOT], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    package = ROOT / "prunesweep"
    rooms = [package, *(link for link in package.iterdir() if link.is_dir() and link.name != "__pycache__")]
    assert names >= {
        f"prunesweep/{file.relative_to(package)}" for room in rooms for file in room.glob("**/*.py") if room != package
    }
    assert {"prunesweep/py.typed", "prunesweep/core/plan/recipe_files/default.toml"} <= names
