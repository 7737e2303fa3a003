"""A worker to whom no hint comes through, though its connections stand: it hears again by itself."""

import sys

import pytest

from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep

_UNWATCHED = """
from prunesweep.worker.prefetch import Prefetch

start = Prefetch.start

def unwatched(self, consumer):
    start(self, consumer)
    if consumer.restart_count == 0:
        consumer.connection.transport.cycle.discard(consumer.task_consumer.channel)

Prefetch.start = unwatched
"""
"""The consumer never asks the broker for a hint on its first connection."""

_NEVER_ACKNOWLEDGED = """
from kombu.transport.redis import QoS

def fail(self, tag):
    raise ConnectionError("the broker went away at this moment")

QoS.ack = fail
"""
"""No acknowledgement succeeds: what is taken stays, in kombu's eyes, taken."""

_NEVER_BEGUN = """
from celery.worker.request import Request

accepted = Request.on_accepted

def fail(self, *arguments):
    Request.on_accepted = accepted
    accepted(self, *arguments)
    raise RuntimeError("the first hint comes to nothing")

Request.on_accepted = fail
"""
"""A thread is lost, and with it the hint that it had: it takes up the only slot's room."""

_RUN = """
import sys
from prunesweep.worker.__main__ import main
sys.exit(main(["--devices", "cpu"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "reconnects"),
    [(_UNWATCHED, 1), (_NEVER_BEGUN, 1), (_NEVER_ACKNOWLEDGED, 0)],
    ids=["unwatched", "never begun", "never acknowledged"],
)
def test_it_hears_again(site, fault: str, reconnects: int) -> None:
    worker = site.start(sys.executable, "-c", fault + _RUN)
    trainer = site.trainer(worker)
    site.until(lambda: b"is ready (" in site.log().read_bytes(), "a warm worker")
    for number in range(3):
        stage = Sleep(f"heard-{number}", 0.0)
        site.submit(stage.label, [stage])
        site.wait(stage, State.DONE)
        assert site.stage(stage).attempt == 1
    log = site.log().read_text()
    assert log.count("no messages delivered for 5 s; reconnecting") == reconnects, log
    assert log.count("no hint comes through it; trying") == reconnects, log
    assert site.trainer(worker) == trainer
