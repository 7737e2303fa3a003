"""The Celery app: one task, one queue, JSON only, no results; its messages are hints that may be lost or doubled."""

from collections.abc import Callable
from functools import cache
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection
from redis.exceptions import RedisError

from prunesweep.core.broker.embedded import broker_url
from prunesweep.core.plan.task import QUEUE
from prunesweep.core.settings import Settings

CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a connection to the broker."""

READ_TIMEOUT = 2.5
"""Seconds to wait for an answer; longer than the 1 s for which an idle consumer's BRPOP blocks."""

HEALTH_SECONDS = 5.0
"""Seconds of silence after which a consumer asks whether its broker is there. One that vanished without closing its
sockets (a host that lost power) is noticed after at most twice that."""

RECONNECT_SECONDS = 2.0
"""Longest pause between a consumer's tries to reach a broker that is away."""


@cache
def _forgiving(transport: type[Any]) -> type[Any]:
    """Return the transport, with every error that a broker answers (out of memory, full disk, read-only replica, no
    permission …) counted as a lost connection. Celery ends a worker on those that are not."""
    return type(transport.__name__, (transport,), {"connection_errors": (*transport.connection_errors, RedisError)})


class _Connection(Connection):
    """One that is back soon after its broker (Celery's consumer leaves the pauses at kombu's, which grow to 30 s), and
    to which a broker that refuses is away."""

    def get_transport_cls(self) -> type[Any]:
        return _forgiving(super().get_transport_cls())

    waiting: Callable[[], object] | None = None
    """Called before each try and each second of a wait for the broker; may raise what ends the wait."""

    def _ensure_connection(self, errback: Any = None, max_retries: Any = None, *_pauses: Any, **named: Any) -> Any:
        """Every wait of kombu's comes here, that of its publishing included, which gives pauses of its own."""
        if self.waiting is not None:
            self.waiting()
        ours = {"interval_start": 1.0, "interval_step": 1.0, "interval_max": RECONNECT_SECONDS}
        return super()._ensure_connection(errback, max_retries, **{**ours, "callback": self.waiting, **named})


class _Amqp(AMQP):
    Connection = _Connection


def make_app(settings: Settings) -> Celery:
    """Return an app on the configured broker, or on the embedded one. Nothing is connected or started here.

    The ledger owns the work, so a message is acknowledged before it is acted on (`acks_late` off): a hint that
    dies with its worker is published again by a dispatcher.
    """
    app = Celery("sweep", broker=broker_url(settings), amqp=_Amqp, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_accept_content=["json"],
        event_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=False,
        task_default_queue=QUEUE,
        task_create_missing_queues=False,
        task_publish_retry=False,
        worker_pool="threads",
        worker_prefetch_multiplier=1,
        # What a worker takes off the queue is governed by `prunesweep.worker.prefetch`: Celery's own
        # `worker_disable_prefetch` notices a thread that became free only at the next tick of its event loop, up to a
        # second later.
        worker_disable_prefetch=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            # Publishing fails at once when the broker is away, instead of blocking for seconds; the
            # consumer's own reconnecting is governed by the broker_connection_* settings.
            "max_retries": 0,
            "visibility_timeout": 60,
            "socket_connect_timeout": CONNECT_TIMEOUT,
            "socket_timeout": READ_TIMEOUT,
            "socket_keepalive": True,
            "health_check_interval": HEALTH_SECONDS,
        },
    )
    return app
