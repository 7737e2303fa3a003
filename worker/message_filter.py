"""What keeps a worker alive whatever lies on its queue: only hints, and what looks like Celery's own control messages,
get through to Celery.

Celery and kombu trust the shape of a message. One that breaks it ends the worker; and as it is handed back to the
queue then, it ends the next worker too.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from celery import bootsteps
from celery.utils.log import get_logger
from celery.worker.consumer.tasks import Tasks
from redis.exceptions import DataError

from prunesweep.core.plan.task import QUEUE, TASK, is_digest

logger = get_logger(__name__)

LONGEST = 256 * 1024
"""Characters of a message's body; a hint has 200."""

_BROKEN = (ValueError, TypeError, LookupError, AttributeError, RecursionError, DataError)


class MessageFilter(bootsteps.StartStopStep):
    """Consumer bootstep; runs again after every reconnection."""

    requires = (Tasks,)

    def start(self, consumer: Any) -> None:
        """Put the filter between the connection and all of its channels."""
        transport = consumer.connection.transport
        transport._deliver = _sieved(transport._deliver)
        transport.cycle.on_readable = _reading(transport.cycle.on_readable)


def refusal(message: Any, queue: str) -> str:
    """Return why a raw message of that queue is not let through; "" if it is."""
    try:
        body = _body(message)
        return _no_hint(message["headers"], body) if queue == QUEUE else ""
    except _BROKEN as error:
        return f"{type(error).__name__}: {error}"


def _body(message: Any) -> Any:
    """Return the message's body as a value, once everything around it has the shape that kombu takes for granted."""
    properties, headers, raw = message["properties"], message["headers"], message["body"]
    where = properties["delivery_info"]
    for name, text in (
        ("delivery_tag", properties["delivery_tag"]),
        ("exchange", where["exchange"]),
        ("routing_key", where["routing_key"]),
        ("body", raw),
    ):
        if not isinstance(text, str):
            raise TypeError(f"{name} is no text")
    if len(raw) > LONGEST:
        raise ValueError(f"its body has {len(raw):,} characters")
    if (message["content-type"], message["content-encoding"]) != ("application/json", "utf-8"):
        raise ValueError(f"its content type is {message['content-type']!r}, not JSON")
    if not isinstance(headers, dict) or headers.get("compression") is not None:
        raise ValueError("its headers are none, or say that it is compressed")
    if properties["body_encoding"] != "base64":
        raise ValueError("its body is not in base64")
    return json.loads(base64.b64decode(raw, validate=True).decode())


def _no_hint(headers: dict[str, Any], body: Any) -> str:
    if headers["task"] != TASK or not isinstance(headers["id"], str):
        return f"its task is {headers['task']!r}"
    (arguments, named, embedded) = body
    if len(arguments) != 1 or named or not is_digest(arguments[0]):
        return f"it carries {arguments!r}, not one digest"
    # What would follow the task, or hold it back: a hint has none of it.
    more = [name for name, value in embedded.items() if value]
    more += [name for name in ("eta", "expires", "group", "timelimit") if _set(headers.get(name))]
    return f"it comes with {', '.join(more)}" if more else ""


def _set(value: object) -> bool:
    return value is not None and value != [None, None]


def _sieved(deliver: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    def only_hints(message: Any, queue: str) -> None:
        reason = refusal(message, queue)
        if reason:
            logger.warning("discarded a message that is not a hint: %.200r", reason)
        else:
            deliver(message, queue)

    return only_hints


def _reading(read: Callable[[int], None]) -> Callable[[int], None]:
    def on_readable(fileno: int) -> None:
        try:
            read(fileno)
        except OSError:
            raise  # the connection's (TLS errors are ValueErrors too)
        except _BROKEN as error:
            logger.warning("discarded malformed data from the broker: %.200r", f"{type(error).__name__}: {error}")

    return on_readable
