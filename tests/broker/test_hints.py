"""Hints as they arrive, and as they fail to."""

import base64
import json
import socket
from dataclasses import replace

import pytest
import redis

from prunesweep.core.broker import embedded, hints
from prunesweep.core.broker.app import make_app
from prunesweep.core.broker.embedded import Broker
from prunesweep.core.errors import UserError
from prunesweep.core.plan.task import QUEUE, TASK

DIGESTS = [f"{number:064x}" for number in range(5)]


@pytest.fixture
def app(settings):
    app = make_app(settings)
    yield app
    app.close()


@pytest.fixture
def client(settings):
    broker = Broker(settings)
    broker.ensure()
    with redis.Redis(unix_socket_path=str(embedded.socket_path(settings))) as client:
        yield client
    broker.release()


def test_every_error_that_a_broker_answers_counts_as_a_lost_connection(app):
    errors = [kind for kind in vars(redis.exceptions).values() if isinstance(kind, type)]
    errors = [kind for kind in errors if issubclass(kind, redis.exceptions.RedisError)]
    assert redis.exceptions.OutOfMemoryError in errors
    assert all(issubclass(kind, app.connection_for_read().connection_errors) for kind in errors)


def test_a_hint_is_a_celery_task_of_one_digest(app, client):
    assert hints.publish(app, DIGESTS[:1]) == 1
    (raw,) = client.lrange(QUEUE, 0, -1)
    message = json.loads(raw)
    assert message["headers"]["task"] == TASK
    assert message["headers"]["ignore_result"] is True
    assert message["content-type"] == "application/json"
    assert json.loads(base64.b64decode(message["body"]))[:2] == [[DIGESTS[0]], {}]


def test_many_hints_arrive_in_order(app, client):
    assert hints.publish(app, DIGESTS * 100) == 500
    assert client.llen(QUEUE) == hints.waiting(app) == 500
    newest, oldest = (json.loads(client.lindex(QUEUE, place))["headers"]["argsrepr"] for place in (0, -1))
    assert DIGESTS[-1] in newest and DIGESTS[0] in oldest


def test_an_empty_queue_has_none_waiting(app, client):
    assert hints.waiting(app) == 0
    hints.publish(app, DIGESTS)
    client.flushall()
    assert hints.waiting(app) == 0


def test_no_hints_need_no_broker(app):
    assert hints.publish(app, []) == 0


def test_a_broker_that_is_not_there_is_said_so_and_comes_back(app, settings):
    with pytest.raises(hints.BrokerAway):
        hints.publish(app, DIGESTS)
    with pytest.raises(hints.BrokerAway):
        hints.waiting(app)
    broker = Broker(settings)
    broker.ensure()
    assert hints.publish(app, DIGESTS) == 5
    broker.release()
    with pytest.raises(hints.BrokerAway):
        hints.waiting(app)
    with pytest.raises(hints.BrokerAway):
        hints.publish(app, DIGESTS)
    broker.ensure()
    assert hints.waiting(app) == 5
    assert hints.publish(app, DIGESTS) == 5
    broker.release()


def test_after_reconnecting_hints_go_to_the_server_that_others_reach(app, settings, client, tmp_path):
    """Another one took the first one's place, which lives on: connections that were made to it still lead there."""
    hints.publish(app, DIGESTS[:1])
    assert client.llen(QUEUE) == 1
    embedded.socket_path(settings).rename(tmp_path / "s")
    other = Broker(replace(settings, home=tmp_path / "other"))
    other.ensure()
    embedded.socket_path(settings).symlink_to(embedded.socket_path(other._settings))
    try:
        assert hints.waiting(app) == 1
        for _ in range(2):
            hints.reconnect(app)
            assert hints.waiting(app) == 0
        assert hints.publish(app, DIGESTS[1:3]) == 2
        assert hints.waiting(app) == 2
        assert client.llen(QUEUE) == 1
    finally:
        embedded.socket_path(settings).unlink()
        (tmp_path / "s").rename(embedded.socket_path(settings))
        other.release()


def test_check_describes_the_embedded_broker(settings):
    assert "starts with the first worker" in hints.check(settings)
    broker = Broker(settings)
    broker.ensure()
    assert "running" in hints.check(settings)
    broker.release()


def test_check_asks_a_configured_broker(settings, client):
    url = f"redis+socket://{embedded.socket_path(settings)}"
    assert "answers" in hints.check(replace(settings, broker_url=url))
    assert "answers" in hints.check(replace(settings, broker_url=f"{url}?virtual_host=1"))


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_broker_that_refuses_is_named_without_its_password(settings, scheme):
    with pytest.raises(UserError) as caught:
        hints.check(replace(settings, broker_url=f"{scheme}://me:hush@127.0.0.1:1/0"))
    assert caught.value.field == "SWEEP_BROKER_URL"
    assert "127.0.0.1:1" in str(caught.value) and "hush" not in str(caught.value)


def test_a_broker_that_accepts_and_says_nothing_is_given_up(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://:hush@127.0.0.1:{server.getsockname()[1]}/0"
        with pytest.raises(UserError, match="does not answer"):
            hints.check(replace(settings, broker_url=url))
        app = make_app(replace(settings, broker_url=url))
        with pytest.raises(hints.BrokerAway):
            hints.publish(app, DIGESTS)
        app.close()


def test_hints_are_read_by_priority_then_in_order(app, client):
    """What Celery's consumer does: BRPOP on the lists of all priorities, the lowest number first."""
    hints.publish(app, DIGESTS[:3], {DIGESTS[0]: 9, DIGESTS[1]: 3, DIGESTS[2]: 3})
    hints.publish(app, DIGESTS[3:])
    assert hints.waiting(app) == 5
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        read = [json.loads(channel.basic_get(QUEUE).body)[0][0] for _ in DIGESTS]
    assert read == [DIGESTS[3], DIGESTS[4], DIGESTS[1], DIGESTS[2], DIGESTS[0]]
