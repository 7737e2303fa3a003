"""How workers end: asked to, killed, on a machine that cannot work; and plain Celery's way of starting one."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from sqlalchemy import text

from prunesweep.core.broker import embedded
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.stages import Sleep, digest
from prunesweep.core.settings import load_settings
from prunesweep.worker.__main__ import main
from tests.integration.conftest import PATIENCE


def stop(site, worker, number):
    """The signal asks a worker to stop, the last of its site: it hands its stage back and leaves nothing behind."""
    stage = Sleep("long", 60.0)
    site.submit("long", [stage], hint=False)
    site.wait(stage, State.RUNNING)
    trainer = site.trainer(worker)
    worker.send_signal(number)
    assert worker.wait(PATIENCE) == (0 if number == signal.SIGTERM else 1)
    assert site.stage(stage).state == State.READY
    assert site.stage(stage).failures == 0
    assert not trainer.is_running()
    assert not embedded.running(site.settings)
    assert not list_workers(site.engine, alive_within=60)


def test_a_killed_worker_leaves_no_trainer_and_another_goes_on(site):
    worker = site.start()
    stage = Sleep("orphaned", 0.0)
    with site.hold():
        site.submit("orphaned", [stage], hint=False)
        site.wait(stage, State.RUNNING)
        trainer = site.trainer(worker)
        worker.kill()
        worker.wait()
    gone, _ = psutil.wait_procs([trainer], timeout=PATIENCE)
    assert gone
    # The broker has outlived it, and the next worker finds it.
    assert embedded.running(site.settings)
    site.start()
    site.wait(stage, State.DONE)
    assert site.stage(stage).attempt == 2
    assert site.stage(stage).failures == 0


def test_two_workers_share_the_embedded_broker_and_the_work(site):
    first, second = site.start(), site.start()
    site.trainer(first), site.trainer(second)
    stages = [Sleep(f"shared {number}", 0.1) for number in range(30)]
    site.submit("shared", stages, hint=False)
    for stage in stages:
        site.wait(stage, State.DONE)
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    assert embedded.running(site.settings)
    after = Sleep("after", 0.0)
    site.submit("after", [after])
    site.wait(after, State.DONE)
    assert {site.stage(stage).attempt for stage in stages} == {1}
    stop(site, second, signal.SIGTERM)


def test_a_worker_outlasts_a_ledger_that_drops_its_connections(make_site, postgres, postgres_database):
    url = postgres_database()
    open_ledger(load_settings({"SWEEP_DATABASE_URL": url}), upgrade=True).dispose()
    site = make_site(SWEEP_DATABASE_URL=url)
    site.start()
    first = Sleep("first", 0.0)
    last = Sleep("last", 0.0, (digest(first),))
    drop = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with site.hold(), postgres.connect() as connection:
        site.submit("chain", [first, last], hint=False)
        site.wait(first, State.RUNNING)
        assert connection.execute(drop, {"name": site.engine.url.database}).all()
    site.engine.dispose()
    site.wait(last, State.DONE)
    assert (site.stage(first).attempt, site.stage(last).attempt) == (1, 1)


def test_plain_celery_starts_a_worker(make_site):
    site = make_site(SWEEP_DEVICES="cpu")
    celery = [sys.executable, "-m", "celery", "-A", "prunesweep.worker.app"]
    worker = site.start(*celery, "worker", "--pool=threads", "-c", "1")
    stage = Sleep("plain", 0.0)
    site.submit("plain", [stage], hint=False)
    site.wait(stage, State.DONE)
    site.until(lambda: site.app.control.ping(timeout=2.0, limit=1), "an answer to a ping")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("environ", "arguments", "message"),
    [
        ({}, ["--devices", "cuda:7"], "sweep: --devices 'cuda:7': no such GPU"),
        ({}, ["--devices", "tpu"], "sweep: --devices 'tpu': give cpu"),
        (
            {"SWEEP_BROKER_URL": "redis://:hush@127.0.0.1:1/0"},
            ["--devices", "cpu"],
            "sweep: SWEEP_BROKER_URL 'redis://:***@",
        ),
        (
            {"SWEEP_DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/d"},
            ["--devices", "cpu"],
            "sweep: SWEEP_DATABASE_URL",
        ),
        ({"SWEEP_LEASE_SECONDS": "soon"}, ["--devices", "cpu"], "sweep: SWEEP_LEASE_SECONDS 'soon'"),
    ],
)
def test_what_the_user_can_put_right_is_one_line_and_exit_code_2(
    tmp_path, monkeypatch, capsys, environ, arguments, message
):
    for name, value in {"SWEEP_HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": "", **environ}.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith(message)
    assert len(told.strip().splitlines()) == 1
    assert "hush" not in told


def test_a_process_of_its_own_ends_with_that_line_and_code(tmp_path):
    command = [sys.executable, "-m", "prunesweep.worker", "--devices", "tpu"]
    ran = subprocess.run(command, env={**os.environ, "SWEEP_HOME": str(tmp_path)}, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.startswith("sweep: --devices 'tpu': give cpu") and ran.stderr.count("\n") == 1


def test_a_trainer_that_hangs_is_replaced_though_its_worker_lives(make_site):
    """The worker's heartbeats go on; what counts is the trainer's progress."""
    site = make_site(SWEEP_SILENCE_SECONDS="6")
    worker = site.start()
    stage = Sleep("hangs", 0.0)
    with site.hold():
        site.submit("hangs", [stage], hint=False)
        site.wait(stage, State.RUNNING)
        trainer = site.trainer(worker)
        trainer.suspend()
    site.wait(stage, State.DONE)
    row = site.stage(stage)
    assert (row.attempt, row.failures) == (2, 1)
    assert "silent for" in site.log().read_text()
    assert not trainer.is_running()
    assert row.progress_at is not None
    stop(site, worker, signal.SIGINT)


def test_run_ends_when_no_slot_can_ever_work(tmp_path):
    """What the trainer needs cannot be imported: each start fails."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise OSError('libfoo.so: cannot open shared object file')\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SWEEP_")}
    environ |= {"SWEEP_HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path / "broken")}
    axes = ["--dataset=digits", "--width=1", "--sparsity=50", "--epochs=1", "--iterations=1", "--bench-device=none"]
    command = [sys.executable, "-m", "prunesweep", "run", "--grid=demo", *axes, "--devices=cpu"]
    ran = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert ran.returncode == 1
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("sweep: ")]
    assert "no slot can work: cpu: cannot start" in line
    assert "libfoo.so" in line
