"""Epochs as they end, and the last sign of progress of what runs."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, bindparam, select, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.doing import Doing
from prunesweep.core.ledger.db.schema import metrics, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import insert_for, writing

_COLUMNS = ("digest", "epoch", "attempt", "loss", "top1", "lr", "seconds", "images_per_s", "at")
_MEASURED = ("loss", "top1", "lr", "seconds", "images_per_s")
# Locked, so that nobody takes the stage back between the look and the write.
_mine = (
    select(
        stages.c.digest,
        bindparam("epoch", type_=metrics.c.epoch.type),
        stages.c.attempt,
        *(bindparam(name, type_=metrics.c[name].type) for name in _MEASURED),
        DatabaseNow(),
    )
    .where(stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
    .with_for_update(read=True)
)


@lru_cache(maxsize=2)
def _record(database: str) -> Any:
    """Return the statement; made once, as to make it takes several times as long as to run it."""
    insert = insert_for(database, metrics).from_select(list(_COLUMNS), _mine)
    new = {name: insert.excluded[name] for name in ("attempt", "at", *_MEASURED)}
    insert = insert.on_conflict_do_update(index_elements=["digest", "epoch"], set_=new)
    return insert.returning(metrics.c.epoch)


def record_epoch(
    engine: Engine,
    digest: str,
    attempt: int,
    *,
    epoch: int,
    loss: float,
    top1: float | None,
    lr: float,
    seconds: float,
    images_per_s: float,
) -> bool:
    """Write one epoch of a running stage, over an earlier attempt's; False if the stage isn't this attempt's.

    Args:
        epoch: 1-based.
        top1: validation accuracy in [0, 1]. A loss that is not a number is kept as infinity.
    """
    values = {
        "of": digest,
        "nr": attempt,
        "epoch": epoch,
        "loss": math.inf if math.isnan(loss) else float(loss),
        "top1": top1,
        "lr": float(lr),
        "seconds": float(seconds),
        "images_per_s": float(images_per_s),
    }
    with writing(engine) as connection:
        return connection.execute(_record(engine.dialect.name), values).first() is not None


_progress = (
    update(stages)
    .where(stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
    .values(progress_at=DatabaseNow() - bindparam("silent"))
)


_doing = (
    update(stages)
    .where(stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
    .values(doing=bindparam("now", type_=stages.c.doing.type))
)


def record_doing(engine: Engine, news: Mapping[tuple[str, int], Doing]) -> None:
    """Write what the trainers of running stages do now.

    news: (digest, attempt) → that; what is no longer that attempt's is left alone.
    """
    if not news:
        return
    with writing(engine) as connection:
        for digest, attempt in sorted(news):
            connection.execute(_doing, {"of": digest, "nr": attempt, "now": news[digest, attempt].as_json()})


def record_progress(engine: Engine, silent: Mapping[tuple[str, int], float]) -> None:
    """Write when the trainers of running stages last gave a sign of progress.

    silent: (digest, attempt) → seconds since then; what is no longer that attempt's is left alone.
    """
    if not silent:
        return
    with writing(engine) as connection:
        for digest, attempt in sorted(silent):
            values = {"of": digest, "nr": attempt, "silent": float(silent[digest, attempt])}
            connection.execute(_progress, values)
