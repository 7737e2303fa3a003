"""What `sweep verify` says of a ledger that breaks its own rules; and that following it puts each of them right."""

import re

import pytest

from prunesweep.core.ledger.queries.references import artifacts_of
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.control import cancel, retry
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.redo import redo
from prunesweep.core.ledger.queue.removal import remove_sweeps
from prunesweep.orchestrator.maintenance.broken_rules import broken_rules
from tests.ledger.conftest import GRAPH
from tests.ledger.test_invariants import BROKEN, row


def follow(world, fix: str, digests: tuple[str, ...]) -> None:
    """Does what the line says, command by command; a worker's reaper comes by in between."""
    for command, name in re.findall(r"sweep (cancel|retry|rm|verify) (\S+)", fix):
        sweep = find_sweep(world.engine, name.strip(",")).id if command != "verify" else 0
        if command == "cancel":
            cancel(world.engine, sweep)
            world.later(1e5)
            reap(world.engine, 3, 0.0)
        elif command == "retry":
            retry(world.engine, sweep)
        elif command == "rm":
            remove_sweeps(world.engine, [sweep], dry_run=False)
        else:
            redo(world.engine, artifacts_of(world.engine, digests), {})
    if "submit" in fix:
        world.submit(GRAPH, "yours" if "another name" in fix else "mine")


def finish(world) -> None:
    """A worker takes all that can run; who held something before is gone."""
    world.later(1e5)
    reap(world.engine, 3, 0.0)
    world.later(1e5)
    while ready := due(world.engine, "cpu", 100, 0.0):
        for digest in ready:
            taken = claim(world.engine, digest, "w", "cpu", "cpu", 60.0)
            assert taken is not None
            world.done(taken, "" if taken.kind == "evaluate" else "d" * 64)


@pytest.mark.parametrize("rule", BROKEN)
def test_what_is_advised_puts_it_right(played, rule: str) -> None:
    with played.engine.begin() as connection:
        if rule.startswith("a RUNNING stage has only parents"):
            connection.execute(row("done", state="READY", ended_at=None)(played))
        connection.execute(BROKEN[rule](played))
    told = {one.rule: one for one in broken_rules(played.engine)}
    (digest,) = {one.digest for one in violations(played.engine) if one.rule == rule}
    assert digest[:12] in told[rule].line
    assert "\n" not in told[rule].line
    follow(played, told[rule].fix, told[rule].digests)
    finish(played)
    assert violations(played.engine) == []
    assert set(played.states().values()) == {"DONE"}


def test_only_the_asked_sweeps_rules_are_told(played) -> None:
    other = played.submit({"other": []}, "other", seed=1)
    with played.engine.begin() as connection:
        connection.execute(row("other", cancel=True)(played))
    (found,) = broken_rules(played.engine)
    assert (found.sweeps, found.digests) == (("other",), (played.digests["other"],))
    assert broken_rules(played.engine, other.id) == (found,)
    assert broken_rules(played.engine, find_sweep(played.engine, "mine").id) == ()
