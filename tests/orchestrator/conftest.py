"""The command line as a user meets it: arguments in; exit code, stdout and stderr out."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bench.rows import LATENCY
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.cli.app import main


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """Its one line on stderr; fails if there are more, or if stdout is not empty."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert self.out == ""
        return lines[0]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SWEEP_HOME that does not exist yet; every other setting at its default."""
    for name in [*os.environ]:
        if name.startswith("SWEEP_") or name == "REDIS_URL":
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("SWEEP_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


@pytest.fixture
def sweep(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `sweep ARGUMENTS` in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def ledger(home: Path) -> Engine:
    """The embedded ledger that the commands use."""
    return open_ledger(load_settings())


@pytest.fixture
def work(ledger: Engine) -> Callable[..., int]:
    """`work()` does every stage as a worker would, `work(3)` three of them; with made-up results, and with
    `epochs=True` made-up epochs."""

    def run(limit: int = 10**9, epochs: bool = False) -> int:
        return work_off(ledger, limit, epochs)

    return run


@pytest.fixture(scope="module")
def kept_ledgers() -> dict[str, bytes]:
    """Files of ledgers that tests of a module have made, by name."""
    return {}


@pytest.fixture
def made_once(ledger: Engine, kept_ledgers: dict[str, bytes]) -> Callable[[str, Callable[[], object]], None]:
    """`made_once(name, make)` gives the test's empty ledger what `make` writes into it; only a module's first test that
    asks for the name calls it, the others get a copy of the file."""

    def fill(name: str, make: Callable[[], object]) -> None:
        file = load_settings().ledger_file
        if name in kept_ledgers:
            ledger.dispose()
            for log in ("-wal", "-shm"):
                file.with_name(file.name + log).unlink(missing_ok=True)
            file.write_bytes(kept_ledgers[name])
            return
        make()
        with ledger.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one() == 0, "others use it"
        kept_ledgers[name] = file.read_bytes()

    return fill


@pytest.fixture
def row() -> ReportRow:
    """A finished cell without a latency."""
    known = {
        "sweep": "first",
        "cell": 1,
        "state": "DONE",
        "dataset": "digits",
        "model": "resnet18",
        "width": 16,
        "algorithm": "oneshot",
        "sparsity": 0.9,
        "epochs": 1,
        "iterations": 1,
        "seed": 0,
        "reference": "dense",
        "top1": 0.9,
        "digest": "d" * 64,
    }
    return ReportRow(**{field.name: known.get(field.name) for field in fields(ReportRow)})  # type: ignore[arg-type]


def work_off(ledger: Engine, limit: int, epochs: bool = False) -> int:
    """Claim and complete so many stages, without a worker; how many there were."""
    done = 0
    while done < limit:
        ready = due(ledger, "cpu", min(500, limit - done), 0.0)
        for digest in ready:
            _do(ledger, digest, epochs)
        done += len(ready)
        if not ready:
            break
    return done


def _do(ledger: Engine, digest: str, epochs: bool) -> None:
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    makes = held.kind in ("train", "prune")
    for epoch in range(1, held.epochs * epochs + 1):
        found = {"loss": 1.0 / epoch, "top1": 0.5 + epoch / 100, "lr": 0.1, "seconds": 2.0, "images_per_s": 700.0}
        record_epoch(ledger, digest, held.attempt, epoch=epoch, **found)
    complete(
        ledger,
        digest,
        held.attempt,
        artifact=digest[::-1] if makes else "",
        artifact_bytes=2_863_311 if makes else 0,
        train_seconds=12.5 if makes else 0.0,
        summary={"train": {"top1_val": 0.94}, "prune": {"zstd_bytes": 2_000_000, "top1_val": 0.91}}.get(held.kind, {}),
        result=_result(held.kind, _is_dense(ledger, held.spec)),
        log="epoch 1\n",
    )


def _is_dense(ledger: Engine, spec: str) -> bool:
    """Nothing was pruned, or at sparsity 0."""
    evaluated = json.loads(spec)
    with ledger.connect() as connection:
        parent = connection.scalar(select(stages.c.spec).where(stages.c.digest == evaluated.get("parent", "")))
    return evaluated.get("before") == "" or json.loads(parent or "{}").get("sparsity") == 0


def _result(kind: str, dense: bool) -> dict[str, object]:
    if kind == "evaluate":
        return {
            "top1": 0.95 if dense else 0.9,
            "top1_before": None if dense else 0.5,
            "top1_bn": None,
            "top5": None,
            "nonzero_counted": 699_056 if dense else 69_906,
            "total_counted": 699_056,
            "params_nonzero": 701_066 if dense else 71_916,
            "params": 701_066,
            "collapsed": 0,
            "majority": 0.1,
            "loss": 0.3,
            "images": 360,
            "nonzero": 699_056 if dense else 69_906,
            "total": 699_056,
            "macs": 8_000_000 if dense else 1_000_000,
            "macs_dense": 8_000_000,
            "layers": [{"name": "fc.weight", "nonzero": 10, "total": 100, "macs": 10, "macs_dense": 100}],
            "device": "cpu",
        }
    if kind == "benchmark":
        return LATENCY | {"dense_ms": 1.25, "pruned_ms": 1.23, "ratio": 1.016, "ratio_low": 0.98, "ratio_high": 1.05}
    return {}
