"""A store that answers 403: a worker waits before and after a training, says why, and trains nothing again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.ledger.db.schema import metrics
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Train, digest_of, encode
from tests.chaos.servers import CREDENTIALS, S3, wait_for
from tests.integration.conftest import HELD

EPOCHS = 2
TRAIN = Train(parse_dataset("digits"), ModelRef("resnet18", 1, 10), load_recipe("digits").dense, EPOCHS, 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[S3]:
    server = S3(tmp_path / "store")
    server.start()
    wait_for(server)
    yield server
    server.close()


def epochs(site) -> list[tuple[int, int]]:
    with site.engine.connect() as connection:
        query = select(metrics.c.epoch, metrics.c.attempt).order_by(metrics.c.epoch)
        return [tuple(row) for row in connection.execute(query)]


def trouble(site) -> str:
    return " ".join(line for worker in list_workers(site.engine, 60.0) for line in worker.notes.troubles.values())


@pytest.mark.slow
def test_revoked_credentials_cost_nothing_but_time(make_site, store, monkeypatch) -> None:
    held = {"trains": True, "PYTHONPATH": HELD, "TEST_HOLD_AFTER": "30"}
    site = make_site(**held, SWEEP_ARTIFACTS_URL=store.url, SWEEP_SNAPSHOT_SECONDS="1000", **CREDENTIALS)
    (site.home / "hold").touch()
    site.start()
    site.until(lambda: b"is ready (" in site.log().read_bytes(), "a worker")
    store.refuse()
    site.submit("mine", [TRAIN], hint=False)
    site.until(lambda: "looking for room" in trouble(site) or "403" in trouble(site), "that it waits for the store")
    assert "SignatureDoesNotMatch" in trouble(site)
    assert "AWS_SECRET_ACCESS_KEY" in trouble(site)
    assert epochs(site) == [], "nothing is trained before there is room for it"
    store.accept()
    site.until(lambda: epochs(site), "a training")
    store.refuse()
    (site.home / "hold").unlink()
    site.until(lambda: "403" in trouble(site), "that it waits for the store again")
    assert len(epochs(site)) == EPOCHS
    store.accept()
    site.wait(digest_of(encode(TRAIN)), State.DONE)
    assert epochs(site) == [(number, 1) for number in range(1, EPOCHS + 1)]
    row = site.stage(digest_of(encode(TRAIN)))
    assert (row.attempt, row.failures, row.losses) == (1, 0, 0)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    assert ArtifactStore.open(store.url, site.home).exists(row.artifact)
    assert site.log().read_text().count("works again") == 2
