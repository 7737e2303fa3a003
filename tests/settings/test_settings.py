"""The environment: read, checked, and masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.settings import load_settings, mask


def test_an_empty_environment_is_all_embedded() -> None:
    settings = load_settings({})
    assert settings.embedded_broker
    assert settings.embedded_ledger
    assert (settings.lease, settings.heartbeat) == (60, 10)


def test_postgres_urls_get_the_psycopg_driver_and_redis_url_is_a_fallback() -> None:
    settings = load_settings({"SWEEP_DATABASE_URL": "postgres://u:p@h/d", "REDIS_URL": "redis://h:1/0"})
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"
    assert settings.broker_url == "redis://h:1/0"
    assert (
        load_settings({"REDIS_URL": "redis://a", "SWEEP_BROKER_URL": "rediss://b"}).broker_url
        == "rediss://b?ssl_cert_reqs=required"
    )


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"SWEEP_DATABASE_URL": "mysql://u:geheim@h/d"}, "SWEEP_DATABASE_URL"),
        ({"SWEEP_BROKER_URL": "amqp://u:geheim@h"}, "SWEEP_BROKER_URL"),
        ({"SWEEP_LEASE_SECONDS": "soon"}, "SWEEP_LEASE_SECONDS"),
        ({"SWEEP_HEARTBEAT_SECONDS": "50"}, "at most half of the lease"),
        ({"SWEEP_MAX_ATTEMPTS": "0"}, "at least 1"),
    ],
)
def test_a_bad_value_names_its_variable_and_hides_secrets(env: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        load_settings(env)
    assert "geheim" not in str(caught.value)


_SECRET = st.text(st.characters(categories=["L", "N"]), min_size=8, max_size=20).map(lambda text: f"Q{text}Z")


@given(_SECRET)
def test_no_secret_survives_masking(secret: str) -> None:
    for url in (
        f"postgresql://user:{secret}@host/db",
        f"redis://:{secret}@host:6379/0",
        f"s3://bucket/x?secret_access_key={secret}&region=eu",
        f"postgresql://host/db?sslpassword={secret}",
        f"redis://:{secret}/x@host:1/0",
        f"postgresql://u:a?{secret}@b@host:abc/db",
        f"garbage:{secret}",
    ):
        assert secret not in mask(url)


def test_what_is_no_secret_stays_as_it_is() -> None:
    for url in ("redis+socket:///run/a.sock", "redis://host:6379/0", "sqlite:////a/b.db", "file:///x"):
        assert mask(url) == url


def test_a_broker_url_that_is_none_names_its_variable_and_the_escapes() -> None:
    with pytest.raises(UserError, match=r"REDIS_URL 'redis://:\*\*\*@h:1/0': is no URL; write /.*%2F"):
        load_settings({"REDIS_URL": "redis://:a/b@h:1/0"})


def test_the_broker_knows_which_variable_named_it() -> None:
    assert load_settings({}).broker_field == "SWEEP_BROKER_URL"
    assert load_settings({"REDIS_URL": "redis://h"}).broker_field == "REDIS_URL"
    assert load_settings({"REDIS_URL": "redis://h", "SWEEP_BROKER_URL": "redis://g"}).broker_field == "SWEEP_BROKER_URL"
