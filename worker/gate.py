"""What holds a Celery worker back from taking hints that it could not act on at once.

A hint taken by a busy worker is a hint that no idle one sees. Celery's own `worker_disable_prefetch` does the same,
but nothing wakes its event loop when a thread becomes free: unless task events happen to be on, the next message is
taken up to a second later. The gate also stays shut while a slot's trainer is starting or broken.
"""

from typing import Any

from celery import bootsteps
from celery.worker import state
from celery.worker.consumer.tasks import Tasks


class Gate(bootsteps.StartStopStep):
    """Consumer bootstep; run anew after every reconnection."""

    requires = (Tasks,)

    def start(self, consumer: Any) -> None:
        """Puts the station's room between the queue and the consumer."""
        station, hub = consumer.controller.station, consumer.hub
        qos = consumer.task_consumer.channel.qos
        has_credit = qos.can_consume

        def can_consume() -> bool:
            return bool(station.has_room(tuple(state.requests)) and has_credit())

        qos.can_consume = can_consume
        if hub is not None:
            station.on_room(lambda: hub.call_soon(_nothing))


def _nothing() -> None:
    """Being called is what wakes the loop."""
