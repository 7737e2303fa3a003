"""A short game of several processes on one ledger; `python -m tests.ledger.stress` plays long ones."""

import pytest

from tests.ledger.stress import Order, run
from tests.support.examples import examples


@pytest.mark.slow
def test_several_processes_at_once_break_no_rule(ledger, ledger_settings):
    url = ledger_settings.database_url
    try:
        found = run(Order(str(ledger_settings.home), url, seed=3, moves=examples(60), every=3), processes=2)
    finally:
        forget(ledger)
    assert found["ok"], found


def forget(engine) -> None:
    """The ledger on PostgreSQL is other tests' as well."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION IF EXISTS public.clock_timestamp()")
            connection.exec_driver_sql("DROP TABLE IF EXISTS public.clock_jump")
