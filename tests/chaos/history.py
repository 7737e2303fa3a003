"""What happened to every stage, written down by the ledger's database itself."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

_TABLE = """CREATE TABLE chaos_history (id {serial}, what VARCHAR(16) NOT NULL, digest VARCHAR(64) NOT NULL,
 old VARCHAR(64), new VARCHAR(64), attempt INTEGER, wrote INTEGER, epoch INTEGER, value DOUBLE PRECISION,
 at DOUBLE PRECISION NOT NULL)"""
_COLUMNS = "what, digest, old, new, attempt, wrote, epoch, value, at"

# Not by julianday, which is what a stepped clock is made of.
_SQLITE_NOW = "(strftime('%s', 'now') + strftime('%f', 'now') - strftime('%S', 'now'))"
_CHANGED = "OLD.state {differs} NEW.state OR OLD.attempt {differs} NEW.attempt OR OLD.artifact {differs} NEW.artifact"

_POSTGRES = f"""
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s stages; now_ DOUBLE PRECISION := extract(epoch from pg_catalog.clock_timestamp());
BEGIN
  IF TG_TABLE_NAME = 'stages' THEN
    INSERT INTO chaos_history ({_COLUMNS}) VALUES ('stage', NEW.digest, CASE TG_OP WHEN 'UPDATE' THEN OLD.state END,
      NEW.state, NEW.attempt, CASE TG_OP WHEN 'UPDATE' THEN OLD.attempt END, NULL, NULL, now_);
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    INSERT INTO chaos_history ({_COLUMNS})
      VALUES ('forgot', OLD.digest, NULL, NULL, NULL, OLD.attempt, NULL, NULL, now_);
    RETURN NULL;
  END IF;
  SELECT * INTO s FROM stages WHERE digest = NEW.digest;
  IF TG_TABLE_NAME = 'metrics' THEN
    INSERT INTO chaos_history ({_COLUMNS})
      VALUES ('metric', NEW.digest, NULL, s.state, s.attempt, NEW.attempt, NEW.epoch, NEW.seconds, now_);
  ELSIF TG_TABLE_NAME = 'snapshots' THEN
    INSERT INTO chaos_history ({_COLUMNS})
      VALUES ('snapshot', NEW.digest, NULL, s.state, s.attempt, NEW.attempt, NEW.epoch, NEW.step, now_);
  ELSE
    INSERT INTO chaos_history ({_COLUMNS})
      VALUES ('result', NEW.digest, NULL, s.state, s.attempt, NULL, NULL, NULL, now_);
  END IF;
  RETURN NULL;
END $$"""


@dataclass(frozen=True)
class Entry:
    """One change.

    Attributes:
        what: `stage`, `metric`, `snapshot`, `forgot` (a snapshot deleted) or `result`.
        old, new: for `stage` its state before (None: it is new) and after; for the others `new` is the stage's state
            then.
        attempt: in the stage's row after the change.
        wrote: the attempt in the written row (`stage`: the one before).
        epoch: of the metric or snapshot.
        value: a metric's seconds, a snapshot's step.
        at: seconds since 1970 on the database's clock.
    """

    what: str
    digest: str
    old: str | None
    new: str | None
    attempt: int | None
    wrote: int | None
    epoch: int | None
    value: float | None
    at: float


def keep_history(engine: Engine) -> None:
    """From now on every change is noted, in the transaction that makes it. Call it once on a ledger just made."""
    postgres = engine.dialect.name == "postgresql"
    serial = "BIGSERIAL PRIMARY KEY" if postgres else "INTEGER PRIMARY KEY AUTOINCREMENT"
    statements = [_TABLE.format(serial=serial), *(_on_postgres() if postgres else _on_sqlite())]
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def read_history(engine: Engine) -> list[Entry]:
    """Everything noted so far, oldest first."""
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {_COLUMNS} FROM chaos_history ORDER BY id"))
        return [Entry(*row) for row in rows]


def newest(engine: Engine) -> int:
    """How many changes there were: it stands still when the sweep does."""
    with engine.connect() as connection:
        found: Any = connection.execute(text("SELECT max(id) FROM chaos_history")).scalar()
        return int(found or 0)


def _on_postgres() -> list[str]:
    changed = _CHANGED.format(differs="IS DISTINCT FROM")
    row = "FOR EACH ROW {when} EXECUTE FUNCTION chaos_note()"
    return [
        _POSTGRES,
        f"CREATE TRIGGER chaos_new AFTER INSERT ON stages {row.format(when='')}",
        f"CREATE TRIGGER chaos_change AFTER UPDATE ON stages {row.format(when=f'WHEN ({changed})')}",
        f"CREATE TRIGGER chaos_metric AFTER INSERT OR UPDATE ON metrics {row.format(when='')}",
        f"CREATE TRIGGER chaos_snapshot AFTER INSERT OR UPDATE OR DELETE ON snapshots {row.format(when='')}",
        f"CREATE TRIGGER chaos_result AFTER INSERT OR UPDATE ON results {row.format(when='')}",
    ]


def _on_sqlite() -> list[str]:
    def trigger(name: str, event: str, values: str, when: str = "") -> str:
        note = f"INSERT INTO chaos_history ({_COLUMNS}) VALUES ({values}, {_SQLITE_NOW})"
        return f"CREATE TRIGGER chaos_{name} AFTER {event} {when} BEGIN {note}; END"

    state, attempt = (f"(SELECT {name} FROM stages WHERE digest = NEW.digest)" for name in ("state", "attempt"))
    metric = f"'metric', NEW.digest, NULL, {state}, {attempt}, NEW.attempt, NEW.epoch, NEW.seconds"
    snapshot = f"'snapshot', NEW.digest, NULL, {state}, {attempt}, NEW.attempt, NEW.epoch, NEW.step"
    result = f"'result', NEW.digest, NULL, {state}, {attempt}, NULL, NULL, NULL"
    change = "'stage', NEW.digest, OLD.state, NEW.state, NEW.attempt, OLD.attempt, NULL, NULL"
    new = "'stage', NEW.digest, NULL, NEW.state, NEW.attempt, NULL, NULL, NULL"
    forgot = "'forgot', OLD.digest, NULL, NULL, NULL, OLD.attempt, NULL, NULL"
    written = [
        trigger(f"{table}_{event.lower()}", f"{event} ON {table}", values)
        for table, values in (("metrics", metric), ("snapshots", snapshot), ("results", result))
        for event in ("INSERT", "UPDATE")
    ]
    return [
        *written,
        trigger("new", "INSERT ON stages", new),
        trigger("change", "UPDATE ON stages", change, f"WHEN {_CHANGED.format(differs='IS NOT')}"),
        trigger("forgot", "DELETE ON snapshots", forgot),
    ]
