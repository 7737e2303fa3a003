"""Settings: the environment, read once, checked, and never printed with its secrets."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import UserError

_SECRETS = ("pass", "secret", "key", "token")


@dataclass(frozen=True)
class Settings:
    """Where things are and how patient we are. Times in seconds.

    Empty URLs mean the embedded default under `home`. broker_field: the variable that broker_url came from ·
    snapshot: least time between two saved states of a training stage · growth: bytes by which a trainer may grow
    between stages before a fresh one takes over.
    """

    home: Path
    data: Path
    database_url: str
    broker_url: str
    broker_field: str
    artifacts_url: str
    devices: str
    threads: int
    lease: float
    heartbeat: float
    republish: float
    snapshot: float
    max_attempts: int
    growth: int
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
        broker_field=_broker_field(env),
        artifacts_url=env.get("SWEEP_ARTIFACTS_URL", "").strip(),
        devices=env.get("SWEEP_DEVICES", "").strip() or "all",
        threads=int(_number(env, "SWEEP_THREADS", 0, 0)),
        lease=lease,
        heartbeat=heartbeat,
        republish=_number(env, "SWEEP_REPUBLISH_SECONDS", 5.0, 0.05),
        snapshot=_number(env, "SWEEP_SNAPSHOT_SECONDS", 30.0, 0.0),
        max_attempts=int(_number(env, "SWEEP_MAX_ATTEMPTS", 3, 1)),
        growth=int(_number(env, "SWEEP_TRAINER_GROWTH_MB", 2048, 1)) * 2**20,
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
    name = _broker_field(env)
    text = env.get(name, "").strip()
    if not text:
        return ""
    scheme, _, rest = text.partition("://")
    if scheme == "unix":
        return f"redis+socket://{rest}"
    if scheme not in ("redis", "rediss", "redis+socket"):
        raise UserError(name, mask(text), "use redis://host:6379/0, rediss://… or redis+socket:///path/to.sock")
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise UserError(
            name, mask(text), "is no URL; write /, @, : and % in a password as %2F, %40, %3A, %25"
        ) from None
    return text


def _broker_field(env: Mapping[str, str]) -> str:
    given = env.get("SWEEP_BROKER_URL", "").strip() or not env.get("REDIS_URL", "").strip()
    return "SWEEP_BROKER_URL" if given else "REDIS_URL"


def mask(url: str) -> str:
    """The URL with its password, and any query value that may be a secret, replaced by `***`.

    Works on the text: a password that makes the URL malformed (an unescaped `/`, say) is hidden as well.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "***" if url else ""
    # The last @ ends the login, whatever the password holds.
    login, at, rest = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    place, question, query = rest.partition("?")
    pairs = "&".join(_mask_pair(pair) for pair in query.split("&"))
    return f"{scheme}://{user}{':***' if colon else ''}{at}{place}{question}{pairs}"


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
