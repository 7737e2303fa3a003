"""What the containers of a deployment are made from: the checkout or the wheel that this program runs from."""

import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

import prunesweep.core

_EXTRAS = "[worker,flower]"
_DOCKERFILE = """\
# Written by `sweep deploy compose`. The default torch brings CUDA; for CPU only give pip PyTorch's CPU index.
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 sweep
{copy}RUN pip install --no-cache-dir "{what}"

USER sweep
WORKDIR /home/sweep
RUN mkdir -p /home/sweep/data
ENV SWEEP_HOME=/home/sweep/state SWEEP_DATA_DIR=/home/sweep/data PYTHONUNBUFFERED=1
CMD ["sweep", "worker"]
"""


@dataclass(frozen=True)
class ImageSource:
    """How Compose gets the image.

    Attributes:
        line: of a service, e.g. `image: prunesweep:0.1.0`.
        dockerfile: to be written beside the compose file, "" = none.
        wheel: to be copied beside it.
    """

    line: str
    dockerfile: str = ""
    wheel: Path | None = None


def image_source(image: str | None) -> ImageSource:
    """Return the image that was asked for; else how to build one from the checkout, the wheel or the package that this
    program was installed from."""
    if image is not None:
        return ImageSource(f"image: {_text(image)}")
    root = Path(prunesweep.core.__file__).resolve().parents[1]
    if (root / "Dockerfile").is_file():
        return ImageSource(f"build: {{context: {_text(str(root))}}}")
    wheel = _wheel()
    if wheel is None:
        what = f"prunesweep{_EXTRAS}=={distribution('prunesweep').version}"
        return ImageSource("build: .", _DOCKERFILE.format(copy="", what=what))
    copy = f"COPY {json.dumps([wheel.name, '/tmp/'])}\n"  # noqa: S108 - within the image
    return ImageSource("build: .", _DOCKERFILE.format(copy=copy, what=f"/tmp/{wheel.name}{_EXTRAS}"), wheel)  # noqa: S108


def _text(value: str) -> str:
    """Return it as Compose reads it back: a quoted YAML string, with dollars that begin no variable."""
    return json.dumps(value, ensure_ascii=False).replace("$", "$$")


def _wheel() -> Path | None:
    try:
        noted = json.loads(distribution("prunesweep").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    file = Path(unquote(urlsplit(str(noted.get("url", ""))).path))
    return file if file.suffix == ".whl" and file.is_file() else None
