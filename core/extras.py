"""Optional extras: whether their packages are there, and how to install them from where the user is.

The only place that knows either. Nothing is imported: a package that is broken says so where it is used.
"""

import importlib.util
import json
import re
import shlex
import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from urllib.parse import unquote, urlsplit

from prunesweep.core.errors import UserError

_MODULES: dict[str, tuple[str, ...]] = {
    "worker": ("torch", "torchvision"),
    "bench": ("onnx", "onnxruntime"),
    "openvino": ("openvino",),
    "notebook": ("pandas",),
    "timm": ("timm",),
    "parquet": ("pyarrow",),
    "mlflow": ("mlflow",),
    "tensorboard": ("tensorboard",),
    "report": ("altair", "vl_convert", "jinja2"),
    "dashboard": ("starlette", "uvicorn", "jinja2", "altair", "vl_convert"),
}
"""What is looked for when an extra is needed as a whole."""
_DISTRIBUTIONS = {"vl_convert": "vl-convert-python", "mlflow": "mlflow-skinny"}


def missing(*modules: str) -> list[str]:
    """Return the modules that are not installed, by the names of their distributions."""
    return [_DISTRIBUTIONS.get(name, name) for name in modules if importlib.util.find_spec(name) is None]


def need(extra: str, field: str = "", value: object = "", modules: tuple[str, ...] = ()) -> None:
    """Check that an extra is installed, without importing it.

    Args:
        extra: its name in pyproject.toml.
        field, value: what the user gave that needs it; default the extra's name.
        modules: the modules that matter here; default all that the extra is for.

    Raises:
        UserError: some are missing; says how to install the extra.
    """
    absent = missing(*(modules or _MODULES[extra]))
    if absent:
        names = ", ".join(absent[:-1]) + (" and " if absent[1:] else "") + absent[-1]
        raise UserError(field or extra, value, f"needs {names}: {install(extra)}")


def install(extra: str) -> str:
    """Return the command that adds an extra to this very installation, wherever the user types it."""
    what = _requirement(extra)
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:  # a notebook's cell, or IPython's prompt
        return f"%pip install {what}"
    here = Path(sys.executable).parent
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(sys.executable)} {what}"
    on_path = shutil.which("pip")
    program = "pip" if on_path and Path(on_path).parent == here else f"{shlex.quote(sys.executable)} -m pip"
    return f"{program} install {what}"


def _requirement(extra: str) -> str:
    """Return what pip takes: the checkout, the wheel or repository this was installed from (its packages, where that is
    gone), else the project's name."""
    root = Path(__file__).resolve().parents[1]
    if (root / "pyproject.toml").is_file():
        place = "." if _is_here(root) else str(root)
        return f"-e {_quoted(f'{place}[{extra}]')}"
    try:
        noted = json.loads(distribution("prunesweep").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        noted = {}
    url = str(noted.get("url", ""))
    if "vcs_info" in noted:
        return _quoted(f"prunesweep[{extra}] @ {noted['vcs_info'].get('vcs', 'git')}+{url}")
    file = Path(unquote(urlsplit(url).path))
    if url.startswith("file:"):
        # A wheel or folder that is gone cannot be named, and no package index need know the project.
        return _quoted(f"{file}[{extra}]") if file.exists() else " ".join(map(_quoted, _packages(extra)))
    return _quoted(f"prunesweep[{extra}]")


def _packages(extra: str) -> list[str]:
    """Return what the extra consists of, as this installation's metadata has it."""
    found = (each.partition(";") for each in requires("prunesweep") or ())
    mark = re.compile(rf"""extra\s*==\s*['"]{re.escape(extra)}['"]""")
    return [name.strip() for name, _, marker in found if mark.search(marker)]


def _is_here(root: Path) -> bool:
    try:
        return Path.cwd() == root
    except OSError:  # the folder is gone
        return False


def _quoted(text: str) -> str:
    """Return the words quoted for a shell, always in single quotes: brackets are patterns in zsh."""
    return shlex.quote(text) if "'" in text else f"'{text}'"
