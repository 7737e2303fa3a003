"""A folder that `docker compose up` starts: PostgreSQL, Redis, an S3 store, flower and workers, with fresh secrets.

The compose file is the repository's, but for its workers and where its image comes from.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.io import check_folder
from prunesweep.core.private import make_private
from prunesweep.orchestrator.deploying.image import ImageSource, image_source

COMPOSE, ENVIRONMENT = "docker-compose.yml", ".env"
_SECRETS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY", "FLOWER_PASSWORD")
_BYTES = 20
_WORKER, _AFTER = "  worker:\n", "  flower:\n"
_BUILD = "build: ."
_GPU = """\
    deploy:
      resources:
        reservations:
          devices:
            - {{driver: nvidia, device_ids: ["{number}"], capabilities: [gpu]}}
"""
_NO_LATENCIES = '    environment: {<<: *sweep-environment, SWEEP_CPU_SLOT: "no"}\n'
"""Containers don't see each other's host lock: only one of them measures latencies on the host's CPUs."""
_FIELD = "folder"


@dataclass(frozen=True)
class Deployment:
    """What was written.

    Attributes:
        files: their names in the folder.
        workers: the names of the services that work.
    """

    folder: Path
    files: tuple[str, ...]
    workers: tuple[str, ...]


def write_deployment(folder: Path, workers: int, gpus: int, image: str | None) -> Deployment:
    """Write compose file, secrets (readable by their owner only) and, unless an image is named, what builds one.

    Args:
        workers: that work on the CPU.
        gpus: workers that have a GPU each, numbered from 0.
        image: to use instead of building one.

    Raises:
        UserError: the folder has one of the files already, or cannot be written; nothing is left of what was begun.
    """
    check_folder(folder, _FIELD)
    source = image_source(image)
    names = tuple(f"worker-{number}" for number in range(1, workers + gpus + 1))
    content = dict(_contents(source, workers, gpus))
    there = next((name for name in (*content, *_names(source)) if os.path.lexists(folder / name)), None)
    if there is not None:
        raise UserError(_FIELD, folder, f"has a {there} already, which is not written over; choose another folder")
    images = folder / "images"
    new = [place for place in (images, folder, *folder.parents) if not place.exists()]
    try:
        make_private(folder)
        images.mkdir(exist_ok=True)
        _write_new(folder, content, source.wheel)
    except (OSError, ValueError, UserError) as error:
        with suppress(OSError):
            for place in new:
                place.rmdir()
        if isinstance(error, UserError):
            raise
        raise UserError(_FIELD, folder, f"cannot be made: {getattr(error, 'strerror', 'is no path')}") from None
    return Deployment(folder, (*content, *_names(source)), names)


def _names(source: ImageSource) -> tuple[str, ...]:
    return () if source.wheel is None else (source.wheel.name,)


def _contents(source: ImageSource, workers: int, gpus: int) -> Iterator[tuple[str, str]]:
    yield ENVIRONMENT, "".join(f"{name}={secrets.token_hex(_BYTES)}\n" for name in _SECRETS)
    yield COMPOSE, compose_file(source, workers, gpus)
    if source.dockerfile:
        yield "Dockerfile", source.dockerfile


def compose_file(source: ImageSource, workers: int, gpus: int) -> str:
    """Return the repository's compose file with these workers instead of its own."""
    text = files(__package__).joinpath(COMPOSE).read_text(encoding="utf-8")
    text = text[text.index("x-sweep-environment:") :]  # without a name: two folders are two projects
    before, _, rest = text.partition(_WORKER)
    worker, _, after = rest.partition(_AFTER)
    shared, services = before.split("services:\n")
    body = _shared(worker).replace(_BUILD, source.line)
    made = "".join(_service(number, number - 1 if number <= gpus else None) for number in range(1, workers + gpus + 1))
    head = "# Written by `sweep deploy compose`. Its secrets are in .env; start it: docker compose up --detach\n"
    parts = (services.replace(_BUILD, source.line), made, _AFTER, after.replace(_BUILD, source.line))
    return f"{head}{shared}x-worker: &worker\n{body}\nservices:\n{''.join(parts)}"


def _shared(worker: str) -> str:
    """Return what all workers have in common: the repository's worker without its command and its GPUs, indented by
    two."""
    kept, skipping = [], False
    for line in worker.rstrip().splitlines():
        if line.startswith("    ") and not line.startswith("     "):
            skipping = line.strip().startswith(("command:", "deploy:"))
        if not skipping:
            kept.append(line.removeprefix("  "))
    return "\n".join(kept) + "\n"


def _service(number: int, gpu: int | None) -> str:
    device = "cpu" if gpu is None else "cuda:0"  # a container sees its own GPU only, as the first
    service = f'  worker-{number}:\n    <<: *worker\n    command: ["sweep", "worker", "--devices", "{device}"]\n'
    quiet = _NO_LATENCIES if gpu else ""
    return f"{service}{quiet}{'' if gpu is None else _GPU.format(number=gpu)}\n"


def _write_new(folder: Path, content: Mapping[str, str], wheel: Path | None) -> None:
    """Write all files or none; none is written over."""
    written: list[Path] = []
    try:
        for name, text in content.items():
            path, mode = folder / name, 0o600 if name == ENVIRONMENT else 0o644
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                written.append(path)
                os.fchmod(file.fileno(), mode)
                file.write(text)
        if wheel is not None:
            written.append(folder / wheel.name)
            shutil.copyfile(wheel, folder / wheel.name)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UserError(_FIELD, folder, f"cannot be written: {error.strerror}") from None
