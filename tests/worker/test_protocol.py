"""Lines between slot and trainer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.worker.protocol import (
    Done,
    Epoch,
    Failed,
    Owner,
    Progress,
    Ready,
    Request,
    read_event,
    read_request,
    write_event,
    write_request,
)

texts = st.text()
numbers = st.floats(allow_nan=False)
plain = st.recursive(st.none() | st.booleans() | st.integers() | numbers | texts, lambda x: st.lists(x, max_size=3))
facts = st.dictionaries(texts, plain, max_size=4)
events = st.one_of(
    st.builds(Ready, device=texts, name=texts, torch=texts),
    st.builds(
        Epoch,
        epoch=st.integers(1),
        loss=numbers,
        top1=st.none() | numbers,
        lr=numbers,
        seconds=numbers,
        images_per_s=numbers,
    ),
    st.builds(Done, artifact=texts, artifact_bytes=st.integers(0), train_seconds=numbers, summary=facts, result=facts),
    st.builds(Failed, reason=texts, owner=st.sampled_from(Owner)),
    st.builds(Progress, phase=texts, trouble=texts),
)


@given(events)
def test_an_event_is_one_line_and_comes_back(event):
    line = write_event(event)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert read_event(line) == event


@given(st.builds(Request, digest=texts, attempt=st.integers(1), spec=texts, inputs=st.dictionaries(texts, texts)))
def test_a_request_is_one_line_and_comes_back(request):
    line = write_request(request)
    assert line.count(b"\n") == 1
    assert read_request(line) == request


def test_a_loss_that_is_no_number_comes_through():
    event = read_event(write_event(Epoch(1, math.nan, None, 0.1, 1.0, math.inf)))
    assert isinstance(event, Epoch) and math.isnan(event.loss) and event.images_per_s == math.inf


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello\n",
        b'{"event":"ready"}\n',
        b'{"event":"ready","device":"cpu","x":1}\n',
        b"[]\n",
        b'{"event":"progress","phase":1,"trouble":""}\n',
    ],
)
def test_nonsense_is_refused(line):
    with pytest.raises(ValueError):
        read_event(line)
