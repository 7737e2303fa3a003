"""The parts for a lent GPU: each leaves its JSON, whatever comes of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import gpu_day  # noqa: E402 - a folder of programs, no package
import gpu_parts  # noqa: E402


def options(out: Path, *words: str) -> gpu_day.argparse.Namespace:
    return gpu_day.parse([*words, "--device", "cpu", "--smoke", "--out", str(out)])


@pytest.mark.parametrize("part", ["select", "equality", "mps"])
def test_a_part_writes_its_figures(part: str, tmp_path: Path) -> None:
    threads = gpu_parts.torch.get_num_threads()
    try:
        assert gpu_day.inside(part, options(tmp_path)) == 0
    finally:
        gpu_parts.torch.set_num_threads(threads)
    told = json.loads((tmp_path / f"{part}.json").read_text())
    assert told["ok"] and told["metrics"] and told["device"] == "cpu" and told["smoke"]


def test_every_part_is_there_and_others_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(gpu_day.PARTS) == set(gpu_parts.PARTS)
    with pytest.raises(SystemExit):
        options(tmp_path, "everything")
    assert "part 'everything': choose from tests, select" in capsys.readouterr().err


def test_a_part_that_fails_or_takes_too_long_leaves_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(device: str, smoke: bool) -> dict[str, object]:
        raise RuntimeError("CUDA error: out of luck")

    monkeypatch.setattr(gpu_parts, "PARTS", {"select": broken})
    with pytest.raises(RuntimeError):
        gpu_day.inside("select", options(tmp_path))
    told = json.loads((tmp_path / "select.json").read_text())
    assert (told["ok"], told["error"]) == (False, "RuntimeError: CUDA error: out of luck")

    def slow(command: list[str], timeout: float) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(gpu_day.subprocess, "run", slow)
    assert not gpu_day.run_part("rates", options(tmp_path, "rates", "--seconds", "7"))
    assert json.loads((tmp_path / "rates.json").read_text())["error"] == "no result: ended after 7 s"
