"""Devices by name, without torch."""

import pytest

from core.devices import count_gpus, parse_devices
from core.errors import UserError


@pytest.mark.parametrize(
    ("text", "gpus", "devices"),
    [
        ("cpu", 0, ("cpu",)),
        ("all", 0, ("cpu",)),
        ("all", 2, ("cuda:0", "cuda:1")),
        ("cuda", 2, ("cuda:0", "cuda:1")),
        ("cuda:1", 2, ("cuda:1",)),
        (" cuda:1 , cpu", 2, ("cuda:1", "cpu")),
    ],
)
def test_known_devices(text, gpus, devices):
    assert parse_devices(text, gpus=gpus) == devices


@pytest.mark.parametrize(
    ("text", "gpus", "message"),
    [
        ("", 0, "give cpu"),
        ("tpu", 0, "give cpu"),
        ("cpu,", 0, "give cpu"),
        ("all,cpu", 0, "give cpu"),
        ("cuda:x", 1, "give cpu"),
        ("cuda:-1", 1, "give cpu"),
        ("cuda", 0, "no such GPU; this machine has none"),
        ("cuda:0", 0, "no such GPU; this machine has none"),
        ("cuda:2", 2, "no such GPU; there is cuda:0, cuda:1"),
        ("cpu,cpu", 0, "twice"),
        ("cuda,cuda:0", 1, "twice"),
    ],
)
def test_anything_else_is_refused(text, gpus, message):
    with pytest.raises(UserError, match=message):
        parse_devices(text, gpus=gpus)


@pytest.mark.parametrize(
    ("visible", "count"),
    [("", 0), ("-1", 0), ("0", 1), ("0,1", 2), ("1,-1,0", 1), ("GPU-abc,GPU-def", 2), ("0,1,2", 2)],
)
def test_visible_devices_are_honoured(visible, count, tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: H100 (UUID: GPU-a)'\necho 'GPU 1: H100 (UUID: GPU-b)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert count_gpus({"CUDA_VISIBLE_DEVICES": visible}) == count
    assert count_gpus({}) == 2
