"""Two machines without servers: a served home, a worker that joins it through a real sshd, and what can go wrong."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.plan.stages import Sleep, digest
from prunesweep.orchestrator.serving import ssh
from prunesweep.orchestrator.serving.joined import work_joined
from tests.integration.conftest import PATIENCE, Site, command_line
from tests.support.command_here import command_here
from tests.support.digits import put_digits
from tests.support.watchdog import watch

SWEEP = (sys.executable, "-P", "-m", "prunesweep.orchestrator.cli.app")
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
AXES = "--dataset digits --width 2 --dense-epochs 1 --sparsity 90 --algorithm oneshot --epochs 1 --bench-device none"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SSHD and shutil.which("ssh") and shutil.which("ssh-keygen")), reason="no OpenSSH here"),
]


@dataclass
class Sshd:
    """An sshd of ours on this machine, and folders with an `ssh` that goes there with its own settings only.

    programs: one that gets in; strange: one that doesn't know the host's key; keyless: one without a key.
    """

    port: int
    process: "subprocess.Popen[bytes]"
    programs: Path
    strange: Path
    keyless: Path

    def url(self, home: Path) -> str:
        return f"ssh://127.0.0.1:{self.port}{home}"

    def cut(self) -> int:
        """Kill every connection; return how many there were."""
        sessions = psutil.Process(self.process.pid).children(recursive=True)
        for session in sessions:
            session.kill()
        return len(sessions)


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    folder = Path(tempfile.mkdtemp(prefix="sshd-"))
    for name in ("host", "user", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key = (folder / "host.pub").read_text()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {key}")
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # without it sshd does not start as root
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "sshd_config"], stdout=log, stderr=log)
    while "Server listening" not in (folder / "sshd.log").read_text():
        assert process.poll() is None, (folder / "sshd.log").read_text()
        time.sleep(0.02)
    client = shutil.which("ssh")

    def program(name: str, known: str, identity: str) -> Path:
        (folder / name).mkdir()
        config = folder / name / "config"
        config.write_text(
            f"UserKnownHostsFile {folder}/{known}\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\n"
            f"IdentityFile {folder}/{identity}\nIdentitiesOnly yes\nIdentityAgent none\n"
        )
        script = folder / name / "ssh"
        script.write_text(f'#!/bin/sh\nexec {client} -F {shlex.quote(str(config))} "$@"\n')
        script.chmod(0o700)
        return folder / name

    yield Sshd(
        port,
        process,
        program("good", "known", "user"),
        program("strange", "nothing", "user"),
        program("keyless", "known", "other"),
    )
    process.terminate()
    process.wait()
    shutil.rmtree(folder)


@pytest.fixture
def host_home() -> Iterator[Path]:
    """A home that root's stand-in can enter as well, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="serve-"))
    watch(folder)
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _serve(home: Path) -> "subprocess.Popen[bytes]":
    """A running `sweep serve`, once everything answers."""
    with (home / "serve.out").open("wb") as out:
        environ = {**os.environ, "SWEEP_HOME": str(home)}
        process = subprocess.Popen([*SWEEP, "serve"], env=environ, stdout=out, stderr=out)
    deadline = time.monotonic() + PATIENCE
    while b"sweep worker --join ssh://" not in (home / "serve.out").read_bytes():
        assert process.poll() is None and time.monotonic() < deadline, (home / "serve.out").read_text()
        time.sleep(0.05)
    return process


@pytest.fixture
def serving(host_home: Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = _serve(host_home)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def site(serving: "subprocess.Popen[bytes]", host_home: Path) -> Iterator[Site]:
    """What uses the served home. A long lease: whatever a cut costs would show."""
    site = Site(host_home, {"SWEEP_LEASE_SECONDS": "120"}, trains=True)
    yield site
    site.close()


def test_a_joined_worker_outlives_cuts_and_the_host_leaves_nothing(
    sshd: Sshd, host_home: Path, serving: "subprocess.Popen[bytes]", site: Site, tmp_path: Path
) -> None:
    assert site.settings.served_here
    host = dict(site.environ)

    def sweep(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([*SWEEP, *words], env=host, capture_output=True, text=True, timeout=PATIENCE)

    second = sweep("serve")
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert f"is served already, by process {serving.pid}" in second.stderr

    site.environ = {**host, "SWEEP_HOME": str(tmp_path / "own"), "PATH": f"{sshd.programs}:{os.environ['PATH']}"}
    put_digits(tmp_path / "own")
    worker = site.start(*SWEEP, "worker", "--devices", "cpu", "--join", sshd.url(host_home))
    long = Sleep("long", 4.0)
    site.submit("cut", [long])
    site.wait(long, State.RUNNING)
    assert sshd.cut() > 0
    site.until(lambda: b"connected to" in site.log().read_bytes().rpartition(b"lost (")[2], "a new connection")
    site.wait(long, State.DONE)
    assert [attempt.outcome for attempt in stage_log(site.engine, digest(long)).attempts] == ["DONE"]

    submitted = sweep("submit", *AXES.split(), "--name", "tiny")
    assert submitted.returncode == 0, submitted.stderr
    sshd.cut()
    followed = sweep("attach", "tiny")
    assert followed.returncode == 0, followed.stderr
    report = command_here(["report", "tiny", "--format", "csv"], host)
    assert [row.split(",")[:3] for row in report.stdout.splitlines()[1:]] == [["tiny", "1", "DONE"]], report
    # The host's own commands read the checkpoints in its folder.
    verified = command_here(["verify", "tiny"], host)
    assert verified.returncode == 0, verified.stdout

    secret = json.loads((host_home / "serve" / "facts.json").read_text())["key_secret"]
    arguments = [command_line(process) for process in _tree(serving.pid) | _tree(worker.pid)]
    logs = [site.log().read_text(), (host_home / "serve.out").read_text()]
    assert len(secret) == 48 and not [text for text in [*arguments, *logs] if secret in text]

    # The host goes down without a word, and comes back: nothing is lost, and the worker goes on.
    orphans = _tree(serving.pid)
    assert any("postgres" in process.name() for process in orphans)
    serving.kill()
    serving.wait()
    assert not psutil.wait_procs(orphans, timeout=PATIENCE)[1]
    again = _serve(host_home)
    try:
        last = Sleep("last", 0.0)
        site.submit("after", [last])
        site.wait(last, State.DONE)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0, site.log().read_text()
        started = _tree(again.pid) | {psutil.Process(int((host_home / "broker" / "valkey.pid").read_text()))}
        site.engine.dispose()
        site.app.close()
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE) == 0
        assert not psutil.wait_procs(started, timeout=PATIENCE)[1]
        assert not (host_home / "serve" / "facts.json").exists()
    finally:
        again.kill()
        again.wait()


def _tree(pid: int) -> set[psutil.Process]:
    return {*psutil.Process(pid).children(recursive=True)}


def test_who_cannot_join_is_told_why_in_one_line(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = {}
    for name in ("strange", "keyless", "programs"):
        monkeypatch.setenv("PATH", f"{getattr(sshd, name)}:{os.environ['PATH']}")
        with pytest.raises(UserError) as refused:
            work_joined(sshd.url(tmp_path), [])
        refusals[name] = str(refused.value)
    assert "host key is not known" in refusals["strange"]
    assert f"connect once by hand: ssh -p {sshd.port} 127.0.0.1" in refusals["strange"]
    assert "ssh-copy-id" in refusals["keyless"]
    assert "start on that host: sweep serve" in refusals["programs"]
    sshd_away = ssh.SshTarget("127.0.0.1", port="9")
    with pytest.raises(UserError, match="Connection refused"):
        ssh.ask_facts(sshd_away)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="needs OpenSSH"):
        work_joined(sshd.url(tmp_path), [])
