"""JSON columns read as text: the same values as the library's own reading."""

import json
import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from prunesweep.core.ledger.db.json_text import read_json
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from tests.support.examples import examples

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
@settings(max_examples=examples(50), deadline=None)
def test_reads_what_the_library_reads(value: object) -> None:
    text = json.dumps(value)
    assert repr(read_json(text)) == repr(json.loads(text))


def test_reads_the_nan_of_an_older_release() -> None:
    class Facts(msgspec.Struct):
        loss: float

    assert math.isnan(read_json('{"loss": NaN}')["loss"])
    assert math.isnan(read_json('{"loss": NaN, "more": 1}', msgspec.json.Decoder(Facts)).loss)
    with pytest.raises(ValueError):
        read_json("{")


def test_a_report_reads_the_stages_once(world) -> None:
    sweep = add_sweep(world.engine, plan(GRIDS["demo"]), None, "0")
    asked: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda _c, _cursor, text, *_: asked.append(text))
    report_rows(world.engine, sweep.id)
    assert len([text for text in asked if "stages.spec" in text or "stages.state" in text]) == 1
    assert len(asked) <= 5, "the sweep, its cells, stages, results and latencies"
