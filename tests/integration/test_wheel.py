"""The wheel alone, as pip builds it from a checkout and as a release is built: installed into a fresh environment, run
from another folder, it makes a ledger and plans a sweep."""

import os
import stat
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Set
from pathlib import Path

import pytest

from tests.support.digits import put_digits

ROOT = Path(__file__).parents[2]

_NOTEBOOK = """
import os, re
from pathlib import Path
import numpy
import prunesweep
name = prunesweep.run("demo", name="api", sparsity=0.5, algorithm="oneshot", epochs=1, dense_epochs=1, width=2,
                      seeds=0, bench_device="none", devices="cpu")
(row,) = prunesweep.results(name)
weights = prunesweep.load(row["artifact"])
prunesweep.build_model(row["model"], width=row["width"], classes=10, weights=weights)
files = prunesweep.export(name, "files", format="packed") + prunesweep.export(name, "files", force=True)
network = prunesweep.load(next(file for file in files if file.suffix == ".packed"))
assert len(network.input.names) == 10 and len(network.input.mean) == 3
(card,) = Path("files").glob("*oneshot*.md")
blocks = re.findall(r"```python\\n(.*?)```", card.read_text(), re.DOTALL)
assert len(blocks) == 2
os.chdir("files")
for block in blocks:  # neither sees the other's names
    exec(block, {"images": numpy.zeros((2, 3, 16, 16), numpy.float32)})
"""
"""A notebook, and the code of an exported file's card; in one program, because each would import torch."""
_COMMANDS = """
import sys
from prunesweep.orchestrator.cli.app import main
codes = [main(words.split()) for words in sys.argv[1:]]
assert not any(codes), codes
"""
"""Commands in one program, because each would load the same again."""

_UV = [str(Path(sys.executable).parent / "uv"), "--quiet"]
_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def _built(*command: str | Path, into: Path) -> Path:
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = into.glob("*.whl")
    return wheel


def _released(folder: Path) -> Path:
    """The wheel that is built from the source archive, as a release is."""
    return _built(*_UV, "build", "--out-dir", folder, ROOT, into=folder)


def _from_checkout(folder: Path) -> Path:
    """The wheel that pip builds from the checkout itself, where the rooms are links."""
    return _built(*_PIP, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, into=folder)


def _files(wheel: Path) -> dict[str, bytes]:
    """What goes into site-packages beside the metadata: every entry a file, none a link."""
    with zipfile.ZipFile(wheel) as packed:
        entries = [entry for entry in packed.infolist() if ".dist-info/" not in entry.filename]
        assert not [entry for entry in entries if stat.S_ISLNK(entry.external_attr >> 16)]
        return {entry.filename: packed.read(entry) for entry in entries}


def _has_all_rooms(names: Set[str]) -> None:
    """Every file of ours is in it, and nothing beside `prunesweep` goes into site-packages."""
    assert {Path(name).parts[0] for name in names} == {"prunesweep"}, "one name in site-packages"
    package = ROOT / "prunesweep"
    rooms = [package, *(link for link in package.iterdir() if link.is_dir() and link.name != "__pycache__")]
    assert names >= {
        f"prunesweep/{file.relative_to(package)}" for room in rooms for file in room.glob("**/*.py") if room != package
    }
    assert {"prunesweep/py.typed", "prunesweep/core/plan/recipe_files/default.toml"} <= names


@pytest.mark.slow
def test_the_wheel_from_the_checkout_and_from_the_source_archive_carries_all_it_needs(tmp_path: Path) -> None:
    """Both hold the same files, so one of them is used."""
    environ = {**os.environ, "SWEEP_HOME": str(tmp_path / "home")}
    put_digits(tmp_path / "home")
    wheel = _from_checkout(tmp_path / "pip")
    files = _files(wheel)
    _has_all_rooms(files.keys())
    assert files == _files(_released(tmp_path / "dist"))
    fresh = tmp_path / "venv"
    venv.create(fresh, with_pip=False)
    python = fresh / "bin" / "python"
    paths = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    site = Path(paths.stdout.strip())
    install = [*_UV, "pip", "install", "--python", str(python), "--no-deps", "--no-index", str(wheel)]
    installed = subprocess.run(install, capture_output=True, text=True, env=environ)
    assert installed.returncode == 0, installed.stderr
    # Third parties come from the environment of the tests; ours must come from the wheel, which stands first.
    (site / "third-parties.pth").write_text(sysconfig.get_path("purelib"))
    # As in most research repositories: folders of the user's own that have the names of our rooms.
    elsewhere = tmp_path / "elsewhere"
    for name in ("core", "orchestrator", "worker", "migrations"):
        (elsewhere / name).mkdir(parents=True)
        (elsewhere / name / "__init__.py").write_text("raise ImportError('the user's own package')\n")
    environ["PYTHONPATH"] = "."

    def run(*words: str) -> str:
        ran = subprocess.run(words, capture_output=True, text=True, cwd=elsewhere, env=environ)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    where = run(str(python), "-c", "import prunesweep.orchestrator as o, prunesweep.migrations as m; print(o, m)")
    assert where.count(str(fresh)) == 2, where
    assert run(str(fresh / "bin" / "sweep"), "submit", "--grid", "demo", "--name", "first", "--dry-run")
    page, table = "report first -o first.html", "report first --format csv -o first.csv"
    run(str(python), "-c", _COMMANDS, "submit --grid demo --name first", "status first", page, table)
    assert "Sweep first" in (elsewhere / "first.html").read_text()
    assert len((elsewhere / "first.csv").read_text().splitlines()) == 19
    run(str(python), "-m", "celery", "-A", "prunesweep.worker.app", "report")
    run(str(python), "-c", _NOTEBOOK)
