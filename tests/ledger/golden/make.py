"""Writes the golden ledgers of the schema that this code has: `python tests/ledger/golden/make.py`.

A golden ledger is what a release left on users' disks: a small but complete history, as SQL text, for SQLite and for
PostgreSQL. `tests/ledger/test_golden.py` brings each one up to date and goes on with it. Run this once, with the code
that made the revision the newest one, and never again: a file that is written anew by later code proves nothing.
"""

import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from sqlalchemy import Engine, create_engine, make_url, text

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queries.logs import save_log
from prunesweep.core.ledger.queue.claims import Claim, claim
from prunesweep.core.ledger.queue.outcome import complete, crash, fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import register
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.core.settings import load_settings

HERE = Path(__file__).parent
AXES = {"sparsity": "0.5,0.9", "algorithm": "oneshot,iterative", "epochs": "1", "iterations": "2"}
RESULT = {
    "loss": 0.3,
    "images": 360,
    "total": 699_056,
    "macs_dense": 8_000_000,
    "layers": [],
    "top1_bn": None,
    "top5": None,
    "nonzero_counted": 69906,
    "total_counted": 699056,
    "params_nonzero": 71916,
    "params": 701066,
    "collapsed": 0,
    "majority": 0.1,
    "device": "cpu",
}
RAN = {
    "device": "a processor",
    "numbers": "fp32",
    "layout": "channels_last",
    "threads": 2,
    "torch": "2.13.0",
    "kernels": "oneDNN 3.12.0",
    "instructions": "AVX2",
    "resumed": False,
}
LATENCY = {
    "dense_ms": 1.25,
    "pruned_ms": 1.0,
    "ratio": 1.25,
    "ratio_low": 1.2,
    "ratio_high": 1.3,
    "rounds": 20,
    "engine": "torch",
    "threads": 1,
    "batch": 1,
    "processor": "a processor",
    "host": "a host",
    "dtype": "fp32",
    "engine_version": "1",
    "dense_engine": "onnxruntime",
    "dense_version": "1",
    "null_ratio": 1.0,
    "null_low": 0.99,
    "null_high": 1.01,
    "load": 0.5,
    "busy": 0.99,
    "engines": [],
    "code": "own",
    "p": 2 / 4096,
    "autocorrelation": -0.1,
    "zeros_ms": 1.5,
    "zeros_ratio": 1.5,
    "zeros_low": 1.4,
    "zeros_high": 1.6,
    "zeros_p": 2 / 4096,
}
SLEEPS = ("fails", "quarantined", "runs", "waits", "lost")


def write_history(engine: Engine) -> None:
    """Sweep `study`: its dense network and two cells DONE, one cell READY, one under way. Sweep `naps`: one stage of
    each other kind of end."""
    register(engine, "old-host:1", "old-host", 1, ["cpu"], "0.1.0")
    made = plan(read_axes(AXES, GRIDS["demo"]))
    add_sweep(engine, made, "study", "0.1.0")
    oneshot, *_, last = made.cells
    wanted = {digest for cell in made.cells if cell.cell.algorithm == "oneshot" for digest in _stages_of(cell)}
    for digest in made.stages:
        if digest in wanted:
            _do(engine, _take(engine, digest), dense=digest == oneshot.dense_evaluate)
    under_way = _take(engine, last.rounds[0])
    _epoch(engine, under_way, 1)
    save_log(engine, under_way.digest, under_way.attempt, "epoch 1\n")
    _snapshot(engine, under_way)
    _naps(engine)


def _stages_of(cell: object) -> tuple[str, ...]:
    names = ("train", "dense_evaluate", "evaluate", "benchmark")
    return (*(getattr(cell, name) for name in names), *getattr(cell, "rounds"))  # noqa: B009


def _naps(engine: Engine) -> None:
    naps = {digest_of(encode(stage)): stage for stage in (Sleep(label, 0.0) for label in SLEEPS)}
    after = Sleep("after fails", 0.0, (next(iter(naps)),))
    naps[digest_of(encode(after))] = after
    add_sweep(
        engine, Plan(GRIDS["demo"], (), naps, {key: encode(stage) for key, stage in naps.items()}), "naps", "0.1.0"
    )
    fails, quarantined, runs, _, lost = list(naps)[:5]
    taken = _take(engine, fails)
    fail(engine, fails, taken.attempt, "it cannot succeed", "a log\n")
    for _ in range(2):
        taken = _take(engine, quarantined)
        crash(engine, quarantined, taken.attempt, "killed by SIGSEGV", "a log with ünicode\n", 2, 0.0)
    _take(engine, runs)
    taken = _take(engine, lost, lease=0.0)
    crash(engine, lost, taken.attempt, "killed", "", 9, 0.0)
    _take(engine, lost, lease=0.0)


def _take(engine: Engine, digest: str, lease: float = 1.0) -> Claim:
    taken = claim(engine, digest, "old-host:1", "cpu", "cpu", lease)
    if taken is None:
        raise SystemExit(f"{digest} was not to be had")
    return taken


def _epoch(engine: Engine, taken: Claim, epoch: int) -> None:
    numbers = {"loss": 0.5, "top1": 0.75, "lr": 0.1, "seconds": 2.0, "images_per_s": 700.0}
    record_epoch(engine, taken.digest, taken.attempt, epoch=epoch, **numbers)


def _do(engine: Engine, taken: Claim, *, dense: bool) -> None:
    makes = taken.kind in ("train", "prune")
    result: dict[str, object] = {"benchmark": LATENCY}.get(taken.kind, {})
    if taken.kind == "evaluate":
        facts = {"top1": 0.95, "top1_before": None, "nonzero": 699_056, "macs": 8_000_000}
        if not dense:
            facts = {"top1": 0.9, "top1_before": 0.5, "nonzero": 69_906, "macs": 1_000_000}
        result = {**RESULT, **facts}
    if makes:
        _epoch(engine, taken, 1)
    complete(
        engine,
        taken.digest,
        taken.attempt,
        artifact=taken.digest[::-1] if makes else "",
        artifact_bytes=2_863_311 if makes else 0,
        train_seconds=12.5 if makes else 0.0,
        summary={"nonzero": 69_906, "top1_val": 0.75} if makes else {},
        result=result,
        ran=RAN if makes or taken.kind == "evaluate" else {},
        log="epoch 1\n" if makes else "",
    )


def _snapshot(engine: Engine, taken: Claim) -> None:
    if "0002" not in migrate.REVISIONS:
        return
    from prunesweep.core.ledger.db.identity import ledger_id
    from prunesweep.core.ledger.queue.checkpoints import record_snapshot

    ledger_id(engine)
    record_snapshot(engine, taken.digest, taken.attempt, artifact="5a" * 32, artifact_bytes=99, epoch=1, step=3)


def dump_sqlite(folder: Path) -> str:
    """The history, written into a new SQLite file, as SQL text."""
    settings = load_settings({"SWEEP_HOME": str(folder)})
    engine = open_ledger(settings)
    write_history(engine)
    engine.dispose()
    with sqlite3.connect(settings.ledger_file) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return "\n".join(line for line in lines if "sqlite_stat" not in line) + "\n"


def dump_postgres(folder: str) -> str:
    """The history, written into a new PostgreSQL database, as SQL text without comments."""
    import pgserver
    from pgserver._commands import POSTGRES_BIN_PATH

    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database="golden")
        admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE golden"))
        admin.dispose()
        settings = load_settings({"SWEEP_HOME": folder, "SWEEP_DATABASE_URL": url.render_as_string(False)})
        engine = open_ledger(settings, upgrade=True)
        write_history(engine)
        engine.dispose()
        command = [POSTGRES_BIN_PATH / "pg_dump", "--no-owner", "--inserts", "--rows-per-insert=1"]
        dumped = subprocess.run([*command, server.get_uri("golden")], check=True, capture_output=True, text=True).stdout
    finally:
        server.cleanup()
    return re.sub(r"\n{2,}", "\n", re.sub(r"(?m)^(--|\\).*\n", "", dumped)).lstrip("\n")


def main() -> int:
    """Writes <revision>.sqlite.sql and <revision>.postgresql.sql beside this file, or into the folder given."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    with tempfile.TemporaryDirectory() as folder:
        (target / f"{migrate.HEAD}.sqlite.sql").write_text(dump_sqlite(Path(folder) / "home"), encoding="utf-8")
    dumped = dump_postgres(tempfile.mkdtemp(prefix="pg-"))
    (target / f"{migrate.HEAD}.postgresql.sql").write_text(dumped, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
