"""`sweep deploy compose`: its files are the repository's, which tests/integration/test_compose.py runs, with workers
and secrets of their own."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from prunesweep.orchestrator.deploying import image as deploying_image
from prunesweep.orchestrator.deploying.compose import COMPOSE, compose_file
from prunesweep.orchestrator.deploying.image import ImageSource, image_source
from tests.orchestrator.conftest import home, sweep
from tests.support.small_files import at_most

__all__ = ["home", "sweep"]

ROOT = Path(__file__).parents[2]
OURS: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def _services(workers: int, gpus: int) -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(compose_file(ImageSource("build: ."), workers, gpus))["services"]
    return services


def test_the_packaged_file_is_the_repositorys() -> None:
    packaged = ROOT / "orchestrator" / "deploying" / COMPOSE
    assert packaged.read_text() == (ROOT / "docker-compose.yml").read_text()


def test_all_but_the_workers_is_as_in_the_repository_and_workers_do_what_its_worker_does() -> None:
    services = _services(2, 0)
    workers = {name: services.pop(name) for name in ("worker-1", "worker-2")}
    theirs = dict(OURS["services"])
    worker = theirs.pop("worker")
    assert services == theirs
    for found in workers.values():
        assert found.pop("command") == ["sweep", "worker", "--devices", "cpu"]
        assert found == {key: value for key, value in worker.items() if key not in ("command", "deploy")}


@pytest.mark.parametrize("folder", ["price $5 ${HOME}", 'a "quoted": one #2', "naïve 😀"])
def test_what_compose_would_replace_stays_as_it_is(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose replaces $NAME and ${NAME} in every value, and $$ by a dollar."""
    root = tmp_path / folder
    (root / "core").mkdir(parents=True)
    (root / "Dockerfile").touch()
    monkeypatch.setattr(deploying_image.prunesweep.core, "__file__", str(root / "core" / "__init__.py"))
    for source, where in ((image_source(None), ("build", "context")), (image_source(folder), ("image",))):
        found = yaml.safe_load(compose_file(source, 1, 0))["services"]["worker-1"]
        for key in where:
            found = found[key]
        assert Template(found).substitute({}) == (folder if where == ("image",) else str(root))


def test_each_worker_has_a_gpu_of_its_own() -> None:
    services = {name: one for name, one in _services(1, 2).items() if name.startswith("worker")}
    seen = {
        name: one["deploy"]["resources"]["reservations"]["devices"][0]["device_ids"] if "deploy" in one else None
        for name, one in services.items()
    }
    assert seen == {"worker-1": ["0"], "worker-2": ["1"], "worker-3": None}
    assert [services[name]["command"][-1] for name in seen] == ["cuda:0", "cuda:0", "cpu"]
    slots = [services[name]["environment"].get("SWEEP_CPU_SLOT", "auto") for name in seen]
    assert slots == ["auto", "no", "auto"], "containers see no host lock: one of the GPUs' workers measures latencies"
    assert services["worker-2"]["environment"] == {**services["worker-1"]["environment"], "SWEEP_CPU_SLOT": "no"}


def test_a_folder_is_written_once_with_secrets_that_only_its_owner_can_read(sweep: Any, tmp_path: Path) -> None:
    folder = tmp_path / "lab" / "one"
    ran = sweep("deploy", "compose", folder, "--gpus", "2")
    assert ran.code == 0
    checker = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*checker, folder / COMPOSE], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    secret = folder / ".env"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    values = dict(line.split("=") for line in secret.read_text().splitlines())
    text = (folder / COMPOSE).read_text()
    assert all(f"${{{name}:?" in text and value not in text + ran.out + ran.err for name, value in values.items())
    assert len(set(values.values())) == 5 and min(map(len, values.values())) >= 40
    assert "docker compose run --rm worker-1 sweep submit" in ran.out

    before = {file: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    again = sweep("deploy", "compose", folder)
    assert (again.code, "not written over" in again.complaint) == (2, True)
    assert {file: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before
    other = sweep("deploy", "compose", tmp_path / "two", "--image", "registry.example/prunesweep:1", "--json")
    assert json.loads(other.out)["files"] == [".env", COMPOSE]
    assert (tmp_path / "two" / ".env").read_text() != secret.read_text()
    assert 'image: "registry.example/prunesweep:1"' in (tmp_path / "two" / COMPOSE).read_text()


@pytest.mark.parametrize("place", ["a\0b", "file/below"])
def test_what_cannot_be_written_leaves_nothing(sweep: Any, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    ran = sweep("deploy", "compose", f"{tmp_path}/{place}")
    assert ran.code == 2
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("home", "data")] == ["file"]
    assert sweep("deploy", "compose", tmp_path / "none", "--workers", "0").code == 2
    assert not (tmp_path / "none").exists()
    with at_most(300):  # enough for the secrets only
        assert sweep("deploy", "compose", tmp_path / "new" / "lab").code == 2
    assert not (tmp_path / "new").exists()


def test_the_image_is_built_from_the_checkout_the_wheel_or_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert image_source(None).line == f'build: {{context: "{ROOT}"}}'
    monkeypatch.setattr(deploying_image.prunesweep.core, "__file__", str(tmp_path / "a" / "core" / "__init__.py"))
    wheel = tmp_path / "prunesweep-9-py3-none-any.whl"
    wheel.touch()
    note: dict[str, Any] = {"url": wheel.as_uri(), "archive_info": {}}
    facts = SimpleNamespace(version="9", read_text=lambda file: json.dumps(note))
    monkeypatch.setattr(deploying_image, "distribution", lambda name: facts)
    found = image_source(None)
    assert (found.line, found.wheel) == ("build: .", wheel)
    assert f'COPY ["{wheel.name}", "/tmp/"]\n' in found.dockerfile
    assert f'pip install --no-cache-dir "/tmp/{wheel.name}[worker,flower]"' in found.dockerfile
    note.clear()
    assert 'pip install --no-cache-dir "prunesweep[worker,flower]==9"' in image_source(None).dockerfile
