"""Hints: `run_stage(digest)` messages. Best effort; the ledger is what remembers."""

import time
import uuid
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from celery import Celery
from kombu.exceptions import ChannelError, ConnectionError, KombuError
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from prunesweep.core.broker import embedded, valkey
from prunesweep.core.broker.app import CONNECT_TIMEOUT
from prunesweep.core.errors import UserError
from prunesweep.core.plan.task import QUEUE, TASK
from prunesweep.core.settings import Settings, mask

_AWAY = (KombuError, ConnectionError, RedisError, OSError)
"""What a broker that is away, or answers with an error, brings about."""


_PROBE = "_kombu.binding.sweep-probe"
"""Named as kombu names its own keys, so that whoever may use those may write this one."""


class BrokerAway(Exception):
    """The broker did not answer, or refused; of hints that were published some may have arrived."""


_ALIKE: Mapping[str, int] = MappingProxyType({})


def publish(app: Celery, digests: Iterable[str], priorities: Mapping[str, int] = _ALIKE) -> int:
    """Publish one hint per digest, pipelined over one pooled connection; return how many.

    priorities: by digest, 0 (read first, and where none is given) to 9; in order within one priority.

    Raises:
        BrokerAway: no broker, or one that refuses; within about 3 s. Callers continue: a dispatcher publishes again.
    """
    messages = [(priorities.get(digest, 0), _message(app, digest)) for digest in digests]
    if not messages:
        return 0
    try:
        with app.producer_or_acquire() as producer, producer.batch():
            for priority, (headers, properties, body) in messages:
                route = {"exchange": "", "routing_key": QUEUE, "priority": priority}
                producer.publish(body, headers=headers, **route, **properties)
    except (*_AWAY, ChannelError) as error:
        raise BrokerAway(str(error)) from error
    return len(messages)


def reconnect(app: Celery) -> None:
    """Drop the connections: what is published and asked from now on goes through new ones; nobody may use the old ones
    meanwhile."""
    for pool in (app.producer_pool, app.pool):
        pool.force_close_all(close_pool=False)
        pool.setup()


def waiting(app: Celery) -> int:
    """Return how many hints lie on the queue.

    Raises:
        BrokerAway: no broker, or one that refuses; within about 3 s.
    """
    try:
        with app.producer_or_acquire() as producer:
            return int(producer.channel.queue_declare(QUEUE, passive=True).message_count)
    except ChannelError:
        return 0  # Redis keeps no empty lists
    except _AWAY as error:
        raise BrokerAway(str(error)) from error


def _message(app: Celery, digest: str) -> tuple[dict[str, object], dict[str, object], object]:
    message = app.amqp.as_task_v2(str(uuid.uuid4()), TASK, args=[digest], ignore_result=True)
    return message.headers, message.properties, message.body


def check(settings: Settings) -> str:
    """Return one line about the broker, for `sweep doctor`.

    Raises:
        UserError: it cannot be used; within about 3 s, with the password masked.
    """
    if settings.embedded_broker:
        program = valkey.find_server()
        state = "running" if embedded.running(settings) else "starts with the first worker"
        return f"embedded {program.name} at {embedded.socket_path(settings)}, {state}"
    started = time.monotonic()
    _ping(settings.broker_url, settings.broker_field)
    return f"{mask(settings.broker_url)} answers in {(time.monotonic() - started) * 1000:.0f} ms"


def _ping(url: str, field: str) -> None:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        client = Redis.from_url(
            _redis_url(url),
            socket_timeout=1.0,
            **({} if url.startswith("redis+socket:") else {"socket_connect_timeout": CONNECT_TIMEOUT}),
            retry=Retry(NoBackoff(), 0),
        )
        with client:
            client.ping()
            # A server that is out of memory, or a replica, answers to a ping and takes no message.
            client.set(_PROBE, "", px=1000)
    except (ResponseError, AuthenticationError) as error:
        reason = str(error).strip().rstrip(".")
        raise UserError(field, mask(url), f"the broker refuses ({reason}); put that right on its side") from None
    except (RedisError, OSError, ValueError) as error:
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise UserError(field, mask(url), f"the broker does not answer ({reason}); start it") from None


def _redis_url(url: str) -> str:
    """redis-py's spelling of a kombu URL: `redis+socket:///a.sock?virtual_host=1` is `unix:///a.sock?db=1`."""
    if not url.startswith("redis+socket:"):
        return url
    parts = urlsplit(url)
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"unix://{login}{unquote(parts.path)}?{parts.query.replace('virtual_host=', 'db=')}"
