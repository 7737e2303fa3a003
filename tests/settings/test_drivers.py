"""A driver that is too old for torch's CUDA is named, with the one that is needed."""

from pathlib import Path

import pytest
import torch

from prunesweep.core.drivers import driver_version, least_driver, too_old
from prunesweep.core.errors import UserError
from prunesweep.worker.trainer import device


@pytest.mark.parametrize(
    ("cuda", "driver", "complaint"),
    [
        ("13.0", "580.65.06", None),
        ("13.0", "580.159.03", None),
        ("13.0", "575.57.08", "the driver 575.57.08 is older than 580.65.06, which CUDA 13.0 needs"),
        ("12.8", "525.60.13", None),
        ("12.8", "470.256.02", "the driver 470.256.02 is older than 525.60.13, which CUDA 12.8 needs"),
        ("99.0", "470.256.02", None),
        (None, "470.256.02", None),
        ("12.8", None, None),
    ],
)
def test_the_oldest_driver_is_named(cuda: str | None, driver: str | None, complaint: str | None) -> None:
    found = too_old(cuda, driver)
    assert (found is None) == (complaint is None)
    assert found is None or found.startswith(str(complaint))


@pytest.mark.parametrize(
    ("prints", "found"),
    [("echo 580.65.06; echo 580.65.06", "580.65.06"), ("echo NVIDIA-SMI has failed; exit 9", None), ("echo N/A", None)],
)
def test_the_driver_is_what_nvidia_smi_says(
    prints: str, found: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{prints}\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert driver_version() == found


def test_a_device_that_an_old_driver_cannot_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch, "zeros", fails)
    monkeypatch.setattr(device, "driver_version", lambda: "470.256.02")
    with pytest.raises(UserError, match=r"driver 470.256.02 is older than 580.65.06, which CUDA 13.0 needs; update it"):
        device.try_device("cuda:0")
    monkeypatch.setattr(device, "driver_version", lambda: None)
    with pytest.raises(UserError, match="driver on your system is too old"):
        device.try_device("cuda:0")
    monkeypatch.setattr(torch, "zeros", lambda *_, **__: None)
    with pytest.raises(UserError, match=r"CUDA is not available; CUDA 13.0 needs driver 580.65.06 or later"):
        device.try_device("cuda:0")
    assert least_driver("x") is None
