"""Settings: the environment, read once, checked, and never printed with its secrets."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.answer_time import ANSWER_SECONDS
from prunesweep.core.cpus import capped
from prunesweep.core.errors import UserError
from prunesweep.core.served import served_ledger
from prunesweep.core.urls import broker_url, database_url
from prunesweep.core.urls import mask as mask

IMAGES = ("auto", "resident", "streamed")
CPU_SLOTS = ("auto", "no")
COMPILE = ("no", "yes")
COMPILED = "compiled"
"""Folder of a home with what `torch.compile` made."""
AUTO = "auto"
_MOST_PER_DEVICE = 1000


@dataclass(frozen=True)
class Settings:
    """Paths, addresses and limits. Times in seconds.

    Empty URLs mean the embedded default under `home`; the ledger of a home that `sweep serve` serves is its PostgreSQL.

    Attributes:
        image_folders: where submitted image folders lie on this machine (`prunesweep.core.images.folders.candidates`).
        scores, networks: folders of the scores and networks of the user's own that this machine may run, None = none.
        broker_field: the variable that broker_url came from.
        per_device: slots, and so trainers, of each device; None = `auto`, as many as are measured to be worth it.
        cpu_slot: of `CPU_SLOTS`, whether a worker on GPUs has a slot more, for latencies on the CPU.
        compiled: whether trainers compile their network (`prunesweep.worker.trainer.compiler`).
        answer: how long a command waits for a ledger whose server answers nobody.
        snapshot: least time between two saved states of a training stage.
        silence: longest time that a trainer may go without progress.
        keep: how long logs, gone workers and the saved states of cancelled stages are kept.
        growth: bytes by which a trainer may grow between stages before a fresh one takes over.
        images: of `IMAGES`, whether images lie on the device or are streamed to it; `auto` = by how much memory is free
            (`prunesweep.core.training.datasets.Split.placed`).
    """

    home: Path
    data: Path
    image_folders: tuple[Path, ...]
    scores: Path | None
    networks: Path | None
    database_url: str
    broker_url: str
    broker_field: str
    artifacts_url: str
    devices: str
    per_device: int | None
    cpu_slot: str
    threads: int
    compiled: bool
    lease: float
    heartbeat: float
    republish: float
    snapshot: float
    silence: float
    max_attempts: int
    keep: float
    growth: int
    images: str
    cost_per_hour: float
    answer: float = ANSWER_SECONDS

    @property
    def embedded_ledger(self) -> bool:
        """True when the ledger is the SQLite file of ours."""
        return not self.database_url

    @property
    def served_here(self) -> bool:
        """True when the ledger is the PostgreSQL of ours, which runs while `sweep serve` does."""
        return bool(self.database_url) and self.database_url == served_ledger(self.home)

    @property
    def embedded_broker(self) -> bool:
        """True when the broker is the private Valkey of ours."""
        return not self.broker_url

    @property
    def per_device_text(self) -> str:
        """As `--per-device` takes it."""
        return AUTO if self.per_device is None else str(self.per_device)

    @property
    def backoff(self) -> float:
        """Seconds that a stage rests after its first crash or lost lease; twice as long after each further one."""
        return self.lease / 30

    @property
    def ledger_file(self) -> Path:
        return self.home / "ledger.sqlite3"

    @property
    def broker_folder(self) -> Path:
        return self.home / "broker"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read SWEEP_* (and REDIS_URL) from the environment.

    Raises:
        UserError: a value that cannot be used; names the variable.
    """
    env = os.environ if environ is None else environ
    broker = _broker_field(env)
    home = _folder(env.get("SWEEP_HOME", ""), "SWEEP_HOME") or _default_home()
    lease = _number(env, "SWEEP_LEASE_SECONDS", 60.0, 0.1)
    heartbeat = _number(env, "SWEEP_HEARTBEAT_SECONDS", lease / 6, 0.01)
    if heartbeat * 2 > lease:
        raise UserError("SWEEP_HEARTBEAT_SECONDS", heartbeat, f"must be at most half of the lease ({lease:g} s)")
    return Settings(
        home=home,
        data=_folder(env.get("SWEEP_DATA_DIR", ""), "SWEEP_DATA_DIR") or home / "data",
        image_folders=_folders(env.get("SWEEP_IMAGEFOLDERS", ""), "SWEEP_IMAGEFOLDERS"),
        scores=_folder(env.get("SWEEP_SCORES", ""), "SWEEP_SCORES"),
        networks=_folder(env.get("SWEEP_NETWORKS", ""), "SWEEP_NETWORKS"),
        database_url=database_url(env.get("SWEEP_DATABASE_URL", "")) or served_ledger(home),
        broker_url=broker_url(env.get(broker, ""), broker),
        broker_field=broker,
        artifacts_url=env.get("SWEEP_ARTIFACTS_URL", "").strip(),
        devices=env.get("SWEEP_DEVICES", "").strip() or "all",
        per_device=read_per_device(env.get("SWEEP_PER_DEVICE", "") or "1", "SWEEP_PER_DEVICE"),
        cpu_slot=_word(env, "SWEEP_CPU_SLOT", CPU_SLOTS),
        threads=capped(int(_number(env, "SWEEP_THREADS", 0, 0))),
        compiled=_word(env, "SWEEP_COMPILE", COMPILE) == "yes",
        lease=lease,
        heartbeat=heartbeat,
        republish=_number(env, "SWEEP_REPUBLISH_SECONDS", 5.0, 0.05),
        snapshot=_number(env, "SWEEP_SNAPSHOT_SECONDS", 30.0, 0.0),
        silence=_number(env, "SWEEP_SILENCE_SECONDS", 900.0, 1.0),
        max_attempts=int(_number(env, "SWEEP_MAX_ATTEMPTS", 3, 1)),
        keep=_number(env, "SWEEP_KEEP_DAYS", 30.0, 0.0) * 86_400,
        growth=int(_number(env, "SWEEP_TRAINER_GROWTH_MB", 2048, 1)) * 2**20,
        images=_word(env, "SWEEP_IMAGES", IMAGES),
        cost_per_hour=_number(env, "SWEEP_COST_PER_HOUR", 0.0, 0.0),
        answer=_number(env, "SWEEP_ANSWER_SECONDS", ANSWER_SECONDS, 1.0),
    )


def read_per_device(text: str, field: str) -> int | None:
    """Return trainers on each device; None for `auto`.

    Raises:
        UserError: neither a number nor `auto`; names the field.
    """
    word = text.strip()
    if word == AUTO:
        return None
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:7]) <= _MOST_PER_DEVICE):
        raise UserError(field, text, f"give a whole number from 1 to {_MOST_PER_DEVICE}, or {AUTO}")
    return int(word)


def _broker_field(env: Mapping[str, str]) -> str:
    given = env.get("SWEEP_BROKER_URL", "").strip() or not env.get("REDIS_URL", "").strip()
    return "SWEEP_BROKER_URL" if given else "REDIS_URL"


def _default_home() -> Path:
    import platformdirs

    return platformdirs.user_data_path("prunesweep")


def _folder(text: str, field: str) -> Path | None:
    if "\0" in text:
        raise UserError(field, text, "is not a path")
    try:
        return Path(text).expanduser().resolve() if text.strip() else None
    except (OSError, RuntimeError) as error:  # too long, a loop of links, nobody's home
        raise UserError(field, text, f"is not a path that can be used: {error}") from None


def _folders(text: str, field: str) -> tuple[Path, ...]:
    """Several folders, separated as in PATH."""
    found = (_folder(part, field) for part in text.split(os.pathsep))
    return tuple(folder for folder in found if folder is not None)


def _word(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """Return one of these words; the first where nothing is said."""
    text = env.get(name, "").strip() or known[0]
    if text not in known:
        raise UserError(name, text, f"use {', '.join(known[:-1])} or {known[-1]}")
    return text


def _number(env: Mapping[str, str], name: str, default: float, low: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not low <= number < 1e9:
        raise UserError(name, text, f"give a number, at least {low:g}")
    return number
