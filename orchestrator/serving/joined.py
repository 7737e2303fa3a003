"""`sweep worker --join`: an ordinary worker on the servers of another host, through one SSH connection."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.ledger.db import migrate
from prunesweep.core.served import ledger_at
from prunesweep.core.version import full_version
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.serving import ssh
from prunesweep.orchestrator.serving.child import dying_with_us
from prunesweep.orchestrator.serving.facts import HostFacts
from prunesweep.orchestrator.serving.store import BUCKET, LATE
from prunesweep.orchestrator.torch_client import python

_SERVERS = ("SWEEP_DATABASE_URL", "SWEEP_BROKER_URL", "REDIS_URL", "SWEEP_ARTIFACTS_URL")
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


def work_joined(url: str, options: Sequence[str]) -> int:
    """Work for the host until stopped; return the worker's exit code. options: of `prunesweep.worker`.

    Raises:
        UserError: the host cannot be joined.
    """
    need("worker", "worker", modules=("torch", "tenacity"))
    from prunesweep.orchestrator.serving.tunnel import Tunnel

    target = ssh.parse_target(url)
    given = next((name for name in _SERVERS if os.environ.get(name, "").strip()), None)
    if given is not None:
        raise UserError(given, "", "names a server, and --join another; unset it, or leave --join out")
    with _private_folder() as folder, _Signals() as signals:
        facts = ssh.ask_facts(target)
        _check_versions(facts, target)
        port = _free_port()
        broker = folder / "valkey.sock"
        forwards = (
            ssh.Forward(str(folder / ".s.PGSQL.5432"), facts.ledger),
            ssh.Forward(str(broker), facts.broker),
            ssh.Forward(f"127.0.0.1:{port}", facts.store),
        )
        tunnel = Tunnel(target, forwards, broker, lambda line: note(f"sweep: {line}"))
        try:
            tunnel.start()
            note(f"joined {target.shown}")
            return signals.run(python("prunesweep.worker", *options), _environ(facts, folder, broker, port))
        finally:
            tunnel.stop()


def _environ(facts: HostFacts, folder: Path, broker: Path, port: int) -> dict[str, str]:
    """Return the worker's environment: secrets stay in it, where only this user can read them."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    direct = [environ.get("NO_PROXY") or environ.get("no_proxy") or "", "127.0.0.1"]
    return environ | {
        "SWEEP_DATABASE_URL": ledger_at(folder),
        "SWEEP_BROKER_URL": f"redis+socket://{broker}",
        "SWEEP_ARTIFACTS_URL": f"s3://{BUCKET}?endpoint=http://127.0.0.1:{port}&region=us-east-1&late={LATE}",
        "AWS_ACCESS_KEY_ID": facts.key_id,
        "AWS_SECRET_ACCESS_KEY": facts.key_secret,
        "NO_PROXY": ",".join(filter(None, direct)),
        "no_proxy": ",".join(filter(None, direct)),
    }


def _check_versions(facts: HostFacts, target: ssh.SshTarget) -> None:
    """Raise UserError where the two ends cannot work on one ledger; note that they differ where they can."""
    ours = full_version()
    if facts.schema != migrate.HEAD:
        fix = f"runs prunesweep {facts.version} (ledger {facts.schema}), this machine {ours} (ledger {migrate.HEAD}); "
        raise UserError(ssh.FIELD, target.shown, f"{fix}install the same version on both")
    if facts.version != ours:
        note(f"the host runs prunesweep {facts.version}, this machine {ours}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder for sockets, 0700, with a short path; gone afterwards."""
    folder = tempfile.mkdtemp(prefix="prunesweep-join-")
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Signals:
    """Passes signals on to the worker, once each: it is in a group of its own, out of reach of the terminal's."""

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "_Signals":
        self._before = {number: signal.signal(number, self._pass_on) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], environ: dict[str, str]) -> int:
        """Run the worker; return its exit code."""
        self._worker = subprocess.Popen(
            command,
            env=environ,
            process_group=0,
            stdin=subprocess.DEVNULL,
            preexec_fn=dying_with_us(signal.SIGTERM),  # noqa: PLW1509 - prctl alone
        )
        return self._worker.wait()

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if self._worker is None:
            raise SystemExit(128 + number)
        self._worker.send_signal(number)
