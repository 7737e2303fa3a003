"""Our other packages on a machine that has torch and no registry: carried as wheels. Standard library only.

`collect` runs where a registry is at hand; `prepare` on the machine with the GPU. Not a virtual environment: such a
machine's torch often lies in one already, and one made from it would not see it.

What is needed follows from pyproject.toml; what is there, from the metadata of the packages that are installed.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.12"
LIMIT = 30.0
"""MiB that all wheels together may have."""
THERE = ("torch", "torchvision", "numpy", "pillow", "scikit-learn", "onnx", "onnxruntime", "packaging")
"""What a machine for deep learning usually brings itself."""
_UNUSED = frozenset({"psycopg"})
"""The bench's ledger is SQLite."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in (39, 35, 34, 31, 28, 27, 24, 17)] + ["manylinux2014_x86_64"]


def missing() -> list[str]:
    """Return the packages that this interpreter lacks or has too old, dependencies of dependencies included."""
    absent: set[str] = set()
    _closure({"python_version": "{}.{}".format(*sys.version_info)}, lambda name, bound: _lacks(name, bound, absent))
    return sorted(absent)


def prepare(wheels: Path | None) -> None:
    """Come back once our code and its packages can be imported: by starting this program again, if need be."""
    before = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    site = Path(tempfile.gettempdir()) / f"prunesweep-site-{os.getuid()}"
    absent = missing()
    if str(ROOT) in before and (not absent or str(site) in before):
        if absent:
            raise SystemExit(f"gpu_sweep: still missing: {', '.join(absent)}")
        return
    path = [str(ROOT)]
    if absent:
        found = [file for file in sorted(wheels.glob("*.whl")) if _of_wheel(file) in absent] if wheels else []
        if not found:
            raise SystemExit(f"gpu_sweep: {', '.join(absent)} missing; give --wheels DIR (see --collect-wheels)")
        options = ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--upgrade", "--target", str(site)]
        command = [sys.executable, "-m", "pip", "install", "--quiet", *options, *map(str, found)]
        subprocess.run(command, check=True)
        path.append(str(site))
    os.environ["PYTHONUNBUFFERED"] = "1"  # what was measured so far shall be seen if time runs out
    # Ahead of whatever version of this project is installed here; workers and trainers inherit it.
    os.environ["PYTHONPATH"] = os.pathsep.join([*path, *before])
    os.execv(sys.executable, [sys.executable, *sys.argv])


def collect(folder: Path, have: Mapping[str, str], limit: float = LIMIT) -> None:
    """Download what a bench needs and the other machine lacks, as constraints.txt pins it, for CPython 3.12 on x86-64
    Linux; say how large it is.

    Args:
        have: package → version of what that machine has, see `read_have`.
        limit: MiB of all wheels together.

    Raises:
        SystemExit: they are larger.
    """
    pins = _pins()
    wanted = [f"{name}=={pins[name]}" if name in pins else name for name in to_collect(have)]
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    target = ["--python-version", PYTHON, "--implementation", "cp", *platforms, "--only-binary=:all:", "--no-deps"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *target, "--dest", str(folder), *wanted]
    subprocess.run(command, check=True)
    files = sorted(folder.glob("*.whl"), key=lambda file: -file.stat().st_size)
    for file in files[:5]:
        print(f"{file.stat().st_size / 2**20:>7.1f} MiB  {file.name}")
    total = sum(file.stat().st_size for file in files) / 2**20
    print(f"{total:>7.1f} MiB  all {len(files)} wheels in {folder}")
    if total > limit:
        fix = "name what that machine has (--have FILE, its `pip freeze`), or begin with an empty folder"
        raise SystemExit(f"gpu_sweep: the wheels are {total:.1f} MiB, more than {limit:g}: {fix}")


def to_collect(have: Mapping[str, str]) -> list[str]:
    """Return the packages that a machine with those of `have` lacks for a bench."""
    environment = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.3"}

    def lacks(name: str, bound: str) -> bool:
        return name not in have or _older(have[name], bound)

    return sorted(_closure(environment, lacks))


def read_have(file: Path | None) -> dict[str, str]:
    """Return package → version ("" = any) of a list such as `pip freeze` writes; without a file what such machines
    usually have."""
    if file is None:
        return dict.fromkeys(THERE, "")
    have: dict[str, str] = {}
    for line in file.read_text().splitlines():
        found = _NAME.match(line.strip())
        if found is not None:
            have[_normal(found[0])] = line.partition("==")[2].partition(";")[0].strip()
    return have


def _closure(environment: Mapping[str, str], lacks: Callable[[str, str], bool]) -> set[str]:
    """Return the names of all packages that a worker needs and that `lacks` (name, oldest version) says are not there.
    What is there brings its own dependencies."""
    requirement_of = _requirement()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["worker"]
    todo = [(requirement_of(line), "") for line in lines]
    seen: set[tuple[str, str]] = set()
    while todo:
        requirement, asked = todo.pop()
        name = _normal(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({**environment, "extra": asked})
        if not wanted or name in _UNUSED or not lacks(name, _oldest(str(requirement.specifier))):
            continue
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(requirement_of(line), extra) for line in _requires(name)]
    return {name for name, _ in seen}


def _lacks(name: str, bound: str, absent: set[str]) -> bool:
    """Note in `absent` what this interpreter lacks; True, so that dependencies of what is there are looked at too."""
    try:
        if _older(version(name), bound):
            absent.add(name)
    except PackageNotFoundError:
        absent.add(name)
    return True


def _requires(name: str) -> Iterable[str]:
    try:
        return requires(name) or ()
    except PackageNotFoundError:
        return ()


def _requirement() -> Callable[[str], Any]:
    """Return what reads a requirement: `packaging`, or pip's own copy of it."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        try:
            from pip._vendor.packaging.requirements import Requirement as Copy
        except ImportError:
            raise SystemExit("gpu_sweep: packaging missing, and pip, which has a copy of it") from None
        return Copy
    return Requirement


def _oldest(specifier: str) -> str:
    """Return the lower bound in a specifier such as `<3,>=2.1`; "" = none."""
    found = re.search(r">=\s*([0-9.]+)", specifier)
    return found[1] if found else ""


def _older(found: str, bound: str) -> bool:
    """Return whether a version lies below a bound; one that is not known does not."""
    if not found or not bound:
        return False
    ours, theirs = ([int(part) for part in re.findall(r"\d+", text.partition("+")[0])] for text in (found, bound))
    return ours < theirs


def _pins() -> dict[str, str]:
    """Return the tested version of each package."""
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    return {_normal(name): pinned for name, pinned in pins.items()}


def _of_wheel(file: Path) -> str:
    return _normal(file.name.partition("-")[0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
