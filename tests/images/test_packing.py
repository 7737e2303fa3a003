"""`sweep run` packs images before its worker starts, and shows how far it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prunesweep.core.errors import StageError
from prunesweep.core.images.folders import find_dataset, packed_path
from prunesweep.core.jobs import protocol
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator import images
from tests.support.jobs import ask_here


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of progress, each of which replaces the one before."""
    lines: list[str] = []
    monkeypatch.setattr(protocol, "_PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr(images, "flash", lines.append)
    monkeypatch.setattr(images, "ask", ask_here)
    return lines


def test_packing_is_shown_once(make_folder: Callable[..., Path], tmp_path: Path, shown: list[str]) -> None:
    settings = load_settings({"SWEEP_HOME": str(tmp_path), "SWEEP_DATA_DIR": str(tmp_path / "data")})
    found = find_dataset(f"imagefolder:{make_folder()}", settings.data)
    images.pack(found, settings)
    assert f"packing {found.text}: 8 of 8 images" in shown and shown[-1] == ""
    assert packed_path(found.ref, settings.data).is_file()
    shown.clear()
    images.pack(found, settings)
    images.pack(find_dataset("digits", settings.data), settings)
    assert not shown


def test_what_cannot_be_packed_is_said(make_folder: Callable[..., Path], tmp_path: Path, shown: list[str]) -> None:
    settings = load_settings({"SWEEP_HOME": str(tmp_path), "SWEEP_DATA_DIR": str(tmp_path / "data")})
    folder = make_folder()
    found = find_dataset(f"imagefolder:{folder}", settings.data)
    (folder / "train" / "cat" / "0.bmp").unlink()
    with pytest.raises(StageError, match="holds other images"):
        images.pack(found, settings)
    assert shown[-1] == "" and not packed_path(found.ref, settings.data).exists()
