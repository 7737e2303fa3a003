"""Devices by name, without torch."""

import pytest

from prunesweep.core.devices import count_gpus, parse_devices
from prunesweep.core.errors import UserError


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


GPU, MIG = "GPU-1a2b3c4d-0000", "MIG-77aa0000-0000"
TWO = f"GPU 0: NVIDIA H100 (UUID: {GPU}-0000)\nGPU 1: NVIDIA H100 (UUID: GPU-1a2b9999-0000-0000)\n"
SPLIT = f"""GPU 0: NVIDIA A100 (UUID: {GPU}-0000)
  MIG 3g.20gb     Device  0: (UUID: {MIG}-0001)
  MIG 3g.20gb     Device  1: (UUID: {MIG}-0002)
"""


@pytest.mark.parametrize(
    ("listed", "visible", "count"),
    [
        (TWO, None, 2),
        (TWO, "", 0),
        (TWO, "-1", 0),
        (TWO, "NoDevFiles", 0),
        (TWO, "void", 0),
        (TWO, "none", 0),
        (TWO, "0", 1),
        (TWO, "1", 1),
        (TWO, "0,1", 2),
        (TWO, " 1 , 0 ", 2),
        (TWO, "0,5", 1),
        (TWO, "5,0", 0),
        (TWO, "0,0", 0),
        (TWO, "0,1,0", 0),
        (TWO, "1,-1,0", 1),
        (TWO, "0,void,1", 1),
        (TWO, "1gpu,0ampere", 2),
        (TWO, "0,1,2", 2),
        (TWO, f"{GPU}-0000", 1),
        (TWO, "GPU-1a2b3,GPU-1a2b9", 2),
        (TWO, "GPU-1a2b", 0),
        (TWO, "GPU-1a2b3,GPU-1a2b3", 0),
        (TWO, "GPU-1a2b3,GPU-ffff,GPU-1a2b9", 1),
        (TWO, "GPU-ffff", 0),
        (TWO, "MIG-1", 0),
        (SPLIT, None, 1),
        (SPLIT, "0", 1),
        (SPLIT, f"{MIG}-0002", 1),
        (SPLIT, f"{MIG}-0001,{MIG}-0002", 1),
        (SPLIT, "MIG-ffff", 0),
        ("", None, 0),
        ("", "0", 0),
        ("No devices were found\n", None, 0),
    ],
)
def test_gpus_are_counted_as_cuda_does(listed, visible, count, tmp_path, monkeypatch):
    (tmp_path / "listed").write_text(listed)
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/listed\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert count_gpus({} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}) == count
