"""Requests to the torch programs: types are checked before anything is done."""

import json
from dataclasses import asdict, fields
from typing import Any

import pytest

from prunesweep.core.jobs import requests
from prunesweep.core.jobs.protocol import respond

DIGITS = {"name": "digits", "fingerprint": "", "classes": 10}
PLACE = {"artifacts_url": "", "home": "/tmp"}
SOUND: dict[type, dict[str, Any]] = {
    requests.Export: {**PLACE, "format": "torch", "files": [{"sha256": "a", "path": "b"}]},
    requests.Verify: {**PLACE, "files": [], "threads": 1},
    requests.Evaluate: {
        "files": ["a"], "dataset": DIGITS, "data": "", "model": "resnet18", "device": "cpu", "batch": 1, "threads": 0
    },
    requests.Bench: {
        "files": [], "model": "resnet18", "device": "cpu", "engines": [], "threads": 1, "batches": [1], "image": 16
    },
    requests.Costs: {"rounds": 3},
    requests.Reevaluate: {**PLACE, "data": "", "dataset": DIGITS, "device": "cpu", "threads": 0, "artifacts": []},
}  # fmt: skip


@pytest.mark.parametrize("kind", SOUND, ids=lambda kind: kind.__name__)
def test_a_wrong_type_or_name_is_refused_in_one_line(kind: type) -> None:
    def said(body: object) -> tuple[int, list[dict[str, Any]]]:
        events: list[dict[str, Any]] = []
        return respond(json.dumps(body), kind, lambda request, say: iter([asdict(request)]), events.append), events

    code, (event,) = said(SOUND[kind])
    assert (code, set(event)) == (0, {field.name for field in fields(kind)})
    bad = [{**SOUND[kind], name: {"x": 1.5}} for name in SOUND[kind]]
    for body in [*bad, {**SOUND[kind], "more": 1}, {}, [], "x", None]:
        code, (event,) = said(body)
        assert (code, event["event"]) == (2, "error"), body
        assert kind.__name__.lower() in event["message"].lower() and "\n" not in event["message"]
