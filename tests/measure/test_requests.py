"""Requests to the torch programs: types are checked before anything is done."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.jobs import requests
from prunesweep.core.jobs.answers import (
    CostPoint,
    ExportedFile,
    Fault,
    JobFailed,
    JobProgress,
    Note,
    VerifiedFile,
    decode,
    encode,
)
from prunesweep.core.jobs.programs import Program
from prunesweep.core.jobs.protocol import respond

DIGITS = {"name": "digits", "fingerprint": "", "classes": 10}
PLACE = {"artifacts_url": "", "home": "/tmp"}
SOUND: dict[type, dict[str, Any]] = {
    requests.Export: {**PLACE, "format": "torch", "files": [{"sha256": "a", "path": "b"}]},
    requests.Verify: {**PLACE, "files": [], "threads": 1},
    requests.EvaluateFiles: {
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
    program: Program[Any, Any] = Program("a.module", kind, (Note,))

    def said(body: object) -> tuple[int, list[dict[str, Any]]]:
        events: list[dict[str, Any]] = []
        code = respond(
            json.dumps(body), program, lambda request, say: iter([Note(type(request).__name__)]), events.append
        )
        return code, events

    assert said(SOUND[kind]) == (0, [{"event": "note", "text": kind.__name__}])
    bad = [{**SOUND[kind], name: {"x": 1.5}} for name in SOUND[kind]]
    for body in [*bad, {**SOUND[kind], "more": 1}, {}, [], "x", None]:
        code, (event,) = said(body)
        assert (code, event["event"]) == (2, "error"), body
        assert kind.__name__.lower() in event["message"].lower() and "\n" not in event["message"]


def test_an_answer_survives_the_wire_and_a_wrong_one_is_refused() -> None:
    for answer in (
        CostPoint(1, 4, float("inf"), None),
        ExportedFile("a.onnx", 9, dead_channels={"conv1": 2}, difference=0.0),
        VerifiedFile("a", 3, (Fault("d", "l", "missing", "gone"),)),
    ):
        assert decode(json.loads(json.dumps(encode(answer))), (type(answer),)) == answer
    assert encode(ExportedFile("a.pt", 9)) == {"event": "file", "path": "a.pt", "bytes": 9}
    sound = encode(JobProgress("images", 1, 2))
    for wrong in ({**sound, "done": "1"}, {**sound, "more": 1}, {"event": "progress"}, {"event": "other"}, [], None):
        with pytest.raises(StageError, match="answer"):
            decode(wrong, (JobProgress,))
    with pytest.raises(UserError, match="device 'tpu': use cpu"):
        decode(encode(JobFailed("m", "device", "tpu", "use cpu")), (JobProgress,))


def test_a_program_whose_asker_is_gone_ends_without_a_word() -> None:
    """As when `sweep evaluate` is killed: no traceback of the other process on the terminal."""
    command = [sys.executable, "-P", "-m", "prunesweep.core.jobs.costs"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ran = subprocess.run(command, input=b"{}\n", stdout=gone, stderr=subprocess.PIPE, timeout=300, check=False)
    assert (ran.returncode, ran.stderr) == (2, b"")
