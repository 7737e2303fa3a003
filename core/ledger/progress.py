"""Epochs as they end."""

import math

from sqlalchemy import Engine, bindparam, literal, select

from core.ledger.clock import Now
from core.ledger.states import State
from core.ledger.tables import metrics, stages
from core.ledger.transactions import insert_into, writing

_COLUMNS = ("digest", "epoch", "attempt", "loss", "top1", "lr", "seconds", "images_per_s", "at")
_MEASURED = ("loss", "top1", "lr", "seconds", "images_per_s")


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
    """Writes one epoch of a running stage, over an earlier attempt's; False if the stage isn't this attempt's.

    epoch: 1-based · top1: validation accuracy in [0, 1]. A loss that is not a number is kept as infinity.
    """
    values = (
        literal(digest),
        literal(epoch),
        stages.c.attempt,
        literal(math.inf if math.isnan(loss) else float(loss)),
        literal(top1, metrics.c.top1.type),
        literal(float(lr)),
        literal(float(seconds)),
        literal(float(images_per_s)),
        Now(),
    )
    mine = select(*values).where(
        stages.c.digest == bindparam("of"),
        stages.c.attempt == bindparam("nr"),
        stages.c.state == State.RUNNING,
    )
    with writing(engine) as connection:
        insert = insert_into(connection, metrics).from_select(list(_COLUMNS), mine)
        new = {name: insert.excluded[name] for name in ("attempt", "at", *_MEASURED)}
        # An attempt that has been fenced off meanwhile may still be here on PostgreSQL: the newer one's row stays.
        insert = insert.on_conflict_do_update(
            index_elements=["digest", "epoch"], set_=new, where=metrics.c.attempt <= insert.excluded.attempt
        )
        written = connection.execute(insert.returning(metrics.c.epoch), {"of": digest, "nr": attempt})
        return written.first() is not None
