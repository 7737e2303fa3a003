"""Settings: the environment, read once, checked, and never printed with its secrets."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from core.errors import UserError

_SECRETS = ("pass", "secret", "key", "token")


@dataclass(frozen=True)
class Settings:
    """Where things are and how patient we are. Times in seconds.

    Empty URLs mean the embedded default under `home`.
    """

    home: Path
    data: Path
    database_url: str
    broker_url: str
    artifacts_url: str
    devices: str
    threads: int
    lease: float
    heartbeat: float
    republish: float
    max_attempts: int
    cost_per_hour: float

    @property
    def embedded_ledger(self) -> bool:
        """True when the ledger is the SQLite file of ours."""
        return not self.database_url

    @property
    def embedded_broker(self) -> bool:
        """True when the broker is the private Valkey of ours."""
        return not self.broker_url

    @property
    def ledger_file(self) -> Path:
        return self.home / "ledger.sqlite3"

    @property
    def broker_folder(self) -> Path:
        return self.home / "broker"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads SWEEP_* (and REDIS_URL) from the environment.

    Raises:
        UserError: a value that cannot be used; names the variable.
    """
    env = os.environ if environ is None else environ
    home = _folder(env.get("SWEEP_HOME", "")) or _default_home()
    lease = _number(env, "SWEEP_LEASE_SECONDS", 60.0, 0.1)
    heartbeat = _number(env, "SWEEP_HEARTBEAT_SECONDS", lease / 6, 0.01)
    if heartbeat * 2 > lease:
        raise UserError("SWEEP_HEARTBEAT_SECONDS", heartbeat, f"must be at most half of the lease ({lease:g} s)")
    return Settings(
        home=home,
        data=_folder(env.get("SWEEP_DATA_DIR", "")) or home / "data",
        database_url=database_url(env.get("SWEEP_DATABASE_URL", "")),
        broker_url=broker_url(env),
        artifacts_url=env.get("SWEEP_ARTIFACTS_URL", "").strip(),
        devices=env.get("SWEEP_DEVICES", "").strip() or "all",
        threads=int(_number(env, "SWEEP_THREADS", 0, 0)),
        lease=lease,
        heartbeat=heartbeat,
        republish=_number(env, "SWEEP_REPUBLISH_SECONDS", 5.0, 0.05),
        max_attempts=int(_number(env, "SWEEP_MAX_ATTEMPTS", 3, 1)),
        cost_per_hour=_number(env, "SWEEP_COST_PER_HOUR", 0.0, 0.0),
    )


def database_url(text: str) -> str:
    """A SQLAlchemy URL for what the user gave; `postgres://` and `postgresql://` get the psycopg driver.

    Raises:
        UserError: neither PostgreSQL nor SQLite.
    """
    text = text.strip()
    if not text:
        return ""
    scheme, _, rest = text.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return text
    raise UserError("SWEEP_DATABASE_URL", mask(text), "use postgresql://user:password@host/database or sqlite:///FILE")


def broker_url(env: Mapping[str, str]) -> str:
    """SWEEP_BROKER_URL, else REDIS_URL, else "".

    Raises:
        UserError: not a Redis URL.
    """
    name = "SWEEP_BROKER_URL" if env.get("SWEEP_BROKER_URL", "").strip() else "REDIS_URL"
    text = env.get(name, "").strip()
    if not text:
        return ""
    scheme, _, rest = text.partition("://")
    if scheme == "unix":
        return f"redis+socket://{rest}"
    if scheme in ("redis", "rediss", "redis+socket"):
        return text
    raise UserError(name, mask(text), "use redis://host:6379/0, rediss://… or redis+socket:///path/to.sock")


def mask(url: str) -> str:
    """The URL with its password, and any query value that may be a secret, replaced by `***`."""
    try:
        before = parts = urlsplit(url)
        if parts.password is not None:
            host = parts.netloc.rpartition("@")[2]
            parts = parts._replace(netloc=f"{parts.username or ''}:***@{host}")
    except ValueError:
        return "***"
    if parts.query:
        kept = [_mask_pair(pair) for pair in parts.query.split("&")]
        parts = parts._replace(query="&".join(kept))
    # Only put together again if something changed: `sqlite:////a` would come back as another path.
    return url if parts == before else urlunsplit(parts)


def _mask_pair(pair: str) -> str:
    name, _, _ = pair.partition("=")
    return f"{name}=***" if any(word in name.lower() for word in _SECRETS) else pair


def _default_home() -> Path:
    import platformdirs

    return platformdirs.user_data_path("prunesweep")


def _folder(text: str) -> Path | None:
    if "\0" in text:
        raise UserError("SWEEP_HOME", text, "is not a path")
    return Path(text).expanduser().resolve() if text.strip() else None


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
