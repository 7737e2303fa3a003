"""That the rules find what breaks them: each one is tried on a ledger with something changed by hand."""

from sqlalchemy import delete, insert, text, update

from prunesweep.core.ledger.db.schema import snapshots, stages, sweep_stages
from prunesweep.core.ledger.queue.invariants import RULES, count_stages, violations


def row(label: str, **values):
    return lambda world: update(stages).where(stages.c.digest == world.digests[label]).values(**values)


def sql(statement: str):
    return lambda world: text(statement.format(**world.digests))


BROKEN = {
    "a READY stage has only DONE parents": row("waits", state="READY"),
    "a RUNNING stage has only parents that are or were DONE": sql(
        "UPDATE attempts SET outcome = 'CRASHED' WHERE digest = '{done}'"
    ),
    "a stage whose parents are all DONE does not wait": row("ready", state="PENDING"),
    "nothing waits for a parent that ended otherwise": row("ready", state="FAILED", ended_at=1.0),
    "there is a lease while a stage is RUNNING, and only then": row("ready", lease_until=1.0),
    "a RUNNING stage has a worker, a slot and a start": row("runs", worker=None),
    "only a RUNNING stage is asked to stop": row("ready", cancel=True),
    "a stage has an end when it has ended, and only then": row("done", ended_at=None),
    "a RUNNING stage has one open attempt, its last": sql("DELETE FROM attempts WHERE digest = '{runs}'"),
    "every other attempt is closed": sql(
        "UPDATE attempts SET outcome = NULL, ended_at = NULL WHERE digest = '{runs}' AND attempt = 1"
    ),
    "a closed attempt has an end": sql("UPDATE attempts SET ended_at = NULL WHERE digest = '{done}'"),
    "no attempt has a number beyond its stage's": row("done", attempt=0),
    "only a DONE stage has a result": sql(
        "INSERT INTO results (digest, top1, loss, images, nonzero, total, macs, macs_dense, layers, device, at) "
        "VALUES ('{ready}', 0.5, 1, 1, 1, 1, 1, 1, '[]', 'cpu', 1)"
    ),
    "a DONE stage has its result": row("done", kind="evaluate"),
    "only a stage that may run again has a saved state": lambda world: insert(snapshots).values(
        digest=world.digests["done"], attempt=1, artifact="a" * 64, artifact_bytes=1, epoch=1, step=0, at=1.0
    ),
    "an artifact has a size, and a size an artifact": row("done", artifact_bytes=None),
    "every stage belongs to a sweep": lambda world: delete(sweep_stages).where(
        sweep_stages.c.digest == world.digests["waits"]
    ),
}


def test_every_rule_is_tried():
    assert set(BROKEN) == set(RULES)


def test_each_rule_finds_what_breaks_it(played):
    assert violations(played.engine) == []
    assert count_stages(played.engine) == 4
    missed = []
    for rule, change in BROKEN.items():
        with played.engine.connect() as connection:
            if rule.startswith("a RUNNING stage has only parents"):
                connection.execute(row("done", state="READY", ended_at=None)(played))
            connection.execute(change(played))
            if not connection.execute(RULES[rule]).all():
                missed.append(rule)
            connection.rollback()
    assert missed == []
    with played.engine.begin() as connection:
        connection.execute(BROKEN["only a RUNNING stage is asked to stop"](played))
    assert [str(found) for found in violations(played.engine)] == [
        f"only a RUNNING stage is asked to stop: {played.digests['ready'][:12]} is READY"
    ]
