"""`sweep rm`: what goes, what stays, and that nothing goes unasked."""

import json

from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.queue.reaper import due
from tests.orchestrator.test_gc import finish, put, running
from tests.orchestrator.test_gc import store as store


def test_a_sweep_goes_with_what_only_it_holds(sweep, ledger, store, home) -> None:
    sweep("submit", "--grid", "demo", "--seeds", "0", "--name", "mine")
    sweep("submit", "--grid", "demo", "--seeds", "0,1", "--name", "wider")
    shared, own = put(store, home, b"shared"), put(store, home, b"own", age=60)
    digest, attempt = running(ledger)
    finish(ledger, digest, attempt, shared)
    sweep("submit", "--grid", "demo", "--seeds", "7", "--name", "third")
    ready = [found for found in due(ledger, "cpu", 100, 0.0) if found in stages_of(ledger, "third")]
    finish(ledger, *running(ledger, ready[0]), own)

    assert "first: sweep cancel NAME" in sweep("rm", "third").complaint
    assert sweep("cancel", "third").code == 0
    assert "add --yes" in sweep("rm", "third").complaint
    planned = json.loads(sweep("rm", "third", "--dry-run", "--json").out)
    assert (planned["artifacts"], planned["bytes"], planned["dry_run"]) == (1, 1, True)
    assert store.exists(own)
    assert sweep("rm", "third", "--yes").out.startswith("removed third: ")
    assert not store.exists(own)
    assert store.exists(shared)
    assert sweep("status", "third").code == 2

    sweep("cancel", "mine")
    kept = sweep("rm", "mine", "--yes").out
    assert "stages stay: other sweeps want them" in kept
    assert store.exists(shared)
    assert "wider" in sweep("gc", "--dry-run").err


def test_artifacts_stay_where_another_ledger_uses_the_store(sweep, ledger, store, home) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    own = put(store, home, b"own")
    finish(ledger, *running(ledger), own)
    sweep("cancel", "mine")
    store.sign_in(ledger_id(ledger))
    store.sign_in("ab" * 16)
    removed = sweep("rm", "mine", "--yes")
    assert "another ledger uses" in removed.err
    assert store.exists(own)
    assert json.loads(sweep("list", "--json").out) == []


def test_what_a_running_stage_may_have_written_is_left_for_gc(sweep, ledger, store, home) -> None:
    sweep("submit", "--grid", "demo", "--seeds", "0", "--name", "mine")
    finish(ledger, *running(ledger), put(store, home, b"own", age=0))
    sweep("cancel", "mine")
    sweep("submit", "--grid", "demo", "--seeds", "1", "--name", "runs")
    running(ledger)
    assert "1 artifact left for sweep gc" in sweep("rm", "mine", "--yes").out


def stages_of(ledger, name: str) -> set[str]:
    query = "SELECT digest FROM sweep_stages JOIN sweeps ON id = sweep_id WHERE name = '{}'"
    with ledger.connect() as connection:
        return set(connection.exec_driver_sql(query.format(name)).scalars())
