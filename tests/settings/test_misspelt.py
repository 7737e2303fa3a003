"""A variable that looks like a setting and is none is shown, by its name only, once."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from prunesweep.core.misspelt import NAMES, SHOWN, misspelt, misspelt_once
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.cli.app import main
from prunesweep.orchestrator.cli.commands import doctor

ROOT = Path(__file__).resolve().parents[2]


class Recording(Mapping[str, str]):
    """An empty environment that knows what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        self.asked.add(key)
        return default

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_setting_is_known() -> None:
    environ = Recording()
    load_settings(environ)
    assert {*environ.asked, "SWEEP_DASHBOARD_TOKEN"} - {"REDIS_URL"} == NAMES


def test_no_other_variable_is_named_anywhere() -> None:
    """In what we run, give to servers and containers, or tell people to set."""
    places = [*(ROOT / "prunesweep").glob("**/*"), *(ROOT / "deploy").glob("**/*"), *(ROOT / "docs").glob("*.md")]
    places += [ROOT / name for name in ("core", "orchestrator", "worker") for name in (ROOT / name).glob("**/*.py")]
    places += [ROOT / "README.md", ROOT / "Dockerfile", ROOT / "docker-compose.yml"]
    text = "\n".join(place.read_text(errors="replace") for place in places if place.is_file())
    named = set(re.findall(r"\bSWEEP_[A-Z][A-Z_]*[A-Z]\b", text))
    assert named - {"SWEEP_HOEM"} <= NAMES, named - NAMES


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SWEEP_HOEM", "SWEEP_HOME"),
        ("SWEEP_LEASE", "SWEEP_LEASE_SECONDS"),
        ("SWEEP_DB_URL", "SWEEP_DATABASE_URL"),
        ("SWEEP_Devices", "SWEEP_DEVICES"),
        ("SWEEP_DATA", "SWEEP_DATA_DIR"),
        ("SWEEP_ID", ""),
    ],
)
def test_the_nearest_setting_is_named(name: str, nearest: str) -> None:
    hint = f"; did you mean {nearest}?" if nearest else ""
    assert misspelt({name: "s3cret", "HOME": "/", "PRUNESWEEP_ENV": "x"}) == [f"{name} is no setting{hint}"]


def test_nothing_is_said_of_settings_nor_of_services_of_kubernetes() -> None:
    services = ("SWEEP_DB_SERVICE_HOST", "SWEEP_DB_PORT", "SWEEP_DB_PORT_5432_TCP_ADDR", "SWEEP_DB_SERVICE_PORT_HTTP")
    assert not misspelt(dict.fromkeys([*NAMES, *services], "x"))


def test_it_is_shown_once_for_all_processes() -> None:
    environ = {"SWEEP_HOEM": "x", "SWEEP_\x1b[31m": "x"}
    assert [line.isprintable() for line in misspelt_once(environ)] == [True, True]
    assert not misspelt_once(environ), "what is started from here has the same environment"


def test_commands_show_it_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"SWEEP_HOME": str(tmp_path), "SWEEP_HOEM": "s3cret", SHOWN: ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor, "_torch_checks", lambda *_: iter(()))
    assert main(["doctor", "--json"]) == 0
    out, err = capsys.readouterr()
    checks = {check["name"]: (check["ok"], check["message"]) for check in json.loads(out)}
    assert checks["settings"] == (None, "SWEEP_HOEM is no setting; did you mean SWEEP_HOME?") and not err
    assert main(["list", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == [] and err == "note: SWEEP_HOEM is no setting; did you mean SWEEP_HOME?\n"
    assert os.environ[SHOWN]
    monkeypatch.setenv(SHOWN, "")
    monkeypatch.delenv("SWEEP_HOEM")
    assert main(["doctor"]) == 0
    assert "ok    settings   SWEEP_HOME" in capsys.readouterr().out
