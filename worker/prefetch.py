"""What holds a Celery worker back from taking hints that it could not act on at once.

A hint taken by a busy worker is a hint that no idle one sees. Celery's own `worker_disable_prefetch` does the same,
but nothing wakes its event loop when a thread becomes free: unless task events happen to be on, the next message is
taken up to a second later. The prefetch also stays shut while a slot's trainer is starting or broken.

kombu's own limit, so many messages that are not acknowledged yet, is left out: it shuts for ever when an
acknowledgement fails, as it does when the broker goes away at that moment.
"""

from typing import Any

from celery import bootsteps
from celery.worker import state
from celery.worker.consumer.tasks import Tasks

from prunesweep.core.plan.task import QUEUE


class Prefetch(bootsteps.StartStopStep):
    """Consumer bootstep; runs again after every reconnection."""

    requires = (Tasks,)

    def start(self, consumer: Any) -> None:
        """Put the runtime's room between the queue and the consumer."""
        runtime, hub = consumer.controller.runtime, consumer.hub
        consumer.task_consumer.channel.qos.can_consume = lambda: runtime.has_room(tuple(state.requests))
        if hub is not None:
            connection = consumer.connection
            runtime.on_stalled_delivery(lambda: hub.call_soon(_give_up, consumer, connection))
            runtime.on_room(lambda: hub.call_soon(_nothing))


def _nothing() -> None:
    """Being called is what wakes the loop."""


def _give_up(consumer: Any, connection: Any) -> None:
    """End the connection, unless the consumer has another one by now, or was paused by `celery control`.
    Hints that were taken and came to nothing no longer shut the prefetch.

    Raises:
        ConnectionError: what the consumer takes for a lost connection; it makes a new one.
    """
    if consumer.connection is connection and consumer.task_consumer.consuming_from(QUEUE):
        consumer.controller.runtime.forget(tuple(state.requests))
        raise ConnectionError("no hint comes through it")
