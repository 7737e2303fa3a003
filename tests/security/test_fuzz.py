"""Thousands of inputs: refused in one line, or taken whole. Never a traceback, never half a sweep.

The number of inputs that were tried is counted, and printed by the last test.
"""

import base64
import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from celery.exceptions import Ignore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import cells, edges, stages, sweep_stages, sweeps
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import GRIDS, Grid
from prunesweep.core.plan.names import parse_name
from prunesweep.core.plan.task import QUEUE, TASK, is_digest
from prunesweep.core.settings import load_settings
from prunesweep.core.urls import broker_url, database_url, mask
from prunesweep.orchestrator.cli.app import main
from prunesweep.worker.message_filter import refusal
from tests.support.examples import examples

AXES = (
    "sparsity",
    "algorithm",
    "epochs",
    "iterations",
    "seeds",
    "dataset",
    "model",
    "width",
    "dense_epochs",
    "recipe",
    "bench_device",
    "bench_threads",
    "bench_batch",
    "bench_engines",
)
_SMALL = 200
"""Cells of a grid that is planned here; larger ones are only read."""

inputs: list[int] = []
"""How many each fuzz test is given; filled as they are defined, so that it holds in every process."""


def _fuzz(usual: int, each: int = 1) -> Callable[[Any], Any]:
    """The same inputs at each run, so that a failure here is a failure everywhere. each: inputs of one example."""
    inputs.append(examples(usual) * each)
    calm = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(
        max_examples=examples(usual), deadline=None, derandomize=True, database=None, suppress_health_check=calm
    )


def _planned(read: Callable[[], Grid]) -> Plan | None:
    """The plan of a grid, or None: refused in one line that can be shown, or too large to plan here."""
    try:
        grid = read()
        points = len(grid.sparsity) * len(grid.algorithm) * len(grid.epochs) * len(grid.iterations) * len(grid.seeds)
        if points > _SMALL or max(grid.iterations) > 20:
            return None
        return plan(grid)
    except UserError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 1500
        return None


_NUMBERS = (
    "",
    "0",
    "1",
    "-1",
    "0.9",
    "90%",
    "100%",
    "1e-7",
    "1e400",
    "nan",
    "inf",
    "0x10",
    "1_0",
    "٣",
    "50,75",
    "3,3,3",
)
_NAMES = ("oneshot", "iterative", "digits", "cifar10", "imagefolder:", "imagefolder:/", "cpu", "none", "default", "a\0")
_ODD = (",", "5,,5", " 5 ", "%", "--", "\x1b[31m", "1e999999999", "1E-999999", "9" * 30, "9" * 5000, "1" * 12)
_WORDS = st.sampled_from((*_NUMBERS, *_NAMES, *_ODD))
_ANY = st.one_of(_WORDS, st.text(max_size=20), st.integers().map(str), st.floats().map(str))
_VALUES = st.recursive(
    st.one_of(_ANY, st.integers(), st.floats(), st.booleans(), st.dates(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
_GOOD = {
    "sparsity": st.lists(st.floats(0.01, 0.99), min_size=1, max_size=3),
    "algorithm": st.lists(st.sampled_from(["oneshot", "iterative"]), min_size=1, max_size=2),
    "epochs": st.lists(st.integers(0, 9), min_size=1, max_size=2),
    "iterations": st.lists(st.integers(1, 4), min_size=1, max_size=2),
    "seeds": st.lists(st.integers(0, 99), min_size=1, max_size=2),
    "width": st.integers(1, 64),
    "bench_device": st.sampled_from(["cpu", "none"]),
}


@_fuzz(150)
@given(st.dictionaries(st.one_of(st.sampled_from(AXES), st.text(max_size=8)), _VALUES, max_size=4))
def test_axes_of_any_value(values: dict[str, object]) -> None:
    _planned(lambda: read_axes(values, GRIDS["demo"]))


@_fuzz(150)
@given(st.dictionaries(st.sampled_from(AXES), _ANY, max_size=4))
def test_axes_as_typed(values: dict[str, object]) -> None:
    _planned(lambda: read_axes(values, GRIDS["demo"]))


_MUTATIONS = 50


def _mutated(seed: int, whole: bytes) -> Iterator[bytes]:
    """The bytes with a few of them changed, cut out or doubled."""
    chance = Random(seed)
    for _ in range(_MUTATIONS):
        text = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(text) or 1)
            end = start + chance.randint(0, 6)
            text[start:end] = chance.choice(
                (b"", bytes(text[start:end]) * 2, chance.randbytes(1), b'"', b"[", b"{}", b"9")
            )
        yield bytes(text)


_FILE = b"""base = "demo"
sparsity = [0.5, 90, "75%"]
algorithm = ["oneshot", "iterative"]
epochs = 1
seeds = [0, 1]
"""


@_fuzz(20, _MUTATIONS)
@given(seed=st.integers(0, 2**32))
def test_grid_files_with_bytes_changed(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "grid.toml"
    for text in _mutated(seed, _FILE):
        file.write_bytes(text)
        with suppress(UserError):
            load_grid(str(file))


_HINT = {
    "body": base64.b64encode(json.dumps([["0" * 64], {}, {"chain": None}]).encode()).decode(),
    "content-type": "application/json",
    "content-encoding": "utf-8",
    "headers": {"task": TASK, "id": "1", "eta": None, "timelimit": [None, None]},
    "properties": {
        "delivery_tag": "1",
        "body_encoding": "base64",
        "delivery_info": {"exchange": "", "routing_key": QUEUE},
    },
}


@_fuzz(20, _MUTATIONS)
@given(seed=st.integers(0, 2**32))
def test_messages_with_bytes_changed(seed: int) -> None:
    assert refusal(_HINT, QUEUE) == ""
    for text in _mutated(seed, json.dumps(_HINT).encode()):
        with suppress(ValueError):  # what is no JSON never gets as far as the sieve
            assert isinstance(refusal(json.loads(text), QUEUE), str)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


_LINES = st.tuples(st.sampled_from([*AXES, "base", "x", "", "[t]", "a.b", "'q'"]), _VALUES).map(
    lambda pair: f"{pair[0]} = {json.dumps(pair[1], default=str)}"
)
_TEXT = st.one_of(
    st.binary(max_size=60),
    st.lists(_LINES, max_size=5).map(lambda lines: "\n".join(lines).encode(errors="replace")),
    st.fixed_dictionaries({}, optional=_GOOD).map(
        lambda grid: "\n".join(f"{name} = {_toml(value)}" for name, value in grid.items()).encode()
    ),
)


@_fuzz(120)
@given(text=_TEXT)
def test_grid_files_of_any_bytes(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "grid.toml"
    file.write_bytes(text)
    _planned(lambda: load_grid(str(file)))


@pytest.mark.parametrize("text", [b"a = " + b"[" * 50_000, b"a" + b".a" * 2_000 + b" = 1", b"a={" * 20_000])
def test_deep_grid_files(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "deep.toml").write_bytes(text)
    with pytest.raises(UserError):
        load_grid(str(tmp_path / "deep.toml"))
    assert tomllib.loads("a = 1") == {"a": 1}


@pytest.mark.parametrize(
    "axes",
    [
        {"seeds": ",".join(map(str, range(100_000))), "epochs": ",".join(map(str, range(10_000)))},
        {"seeds": ",".join(map(str, range(50_000))), "iterations": "1000", "algorithm": "iterative"},
        {"sparsity": ",".join(f"0.{n:06}" for n in range(1, 40_000)), "iterations": ",".join(map(str, range(1, 1001)))},
    ],
)
def test_grids_that_no_machine_can_hold_are_one_line(
    axes: dict[str, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [f"--{axis}={value}" for axis, value in axes.items()]
    assert main(["submit", "--grid", "demo", *options]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "split it" in err
    assert not home.exists()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_ledger(load_settings({"SWEEP_HOME": str(tmp_path_factory.mktemp("ledger"))}))
    yield engine
    engine.dispose()


@_fuzz(15)
@given(grid=st.fixed_dictionaries({}, optional=_GOOD), name=st.one_of(st.none(), _ANY))
def test_what_is_accepted_is_written_whole(ledger: Engine, grid: dict[str, object], name: str | None) -> None:
    made = _planned(lambda: read_axes(grid, GRIDS["demo"]))
    assert made is not None
    before = _rows(ledger)
    try:
        submitted = add_sweep(ledger, made, name, "test")
    except UserError:
        assert _rows(ledger) == before
        return
    mine = {
        table: select(func.count()).select_from(table).where(table.c.sweep_id == submitted.id)
        for table in (cells, sweep_stages)
    }
    with ledger.connect() as connection:
        assert connection.execute(mine[cells]).scalar_one() == len(made.cells)
        assert connection.execute(mine[sweep_stages]).scalar_one() == len(made.stages)
        there = select(func.count()).select_from(stages).where(stages.c.digest.in_(list(made.stages)))
        assert connection.execute(there).scalar_one() == len(made.stages)
        links = select(func.count()).select_from(edges).where(edges.c.child.in_(list(made.stages)))
        assert connection.execute(links).scalar_one() == len(set(made.edges()))
    assert _rows(ledger)["sweeps"] - before["sweeps"] in (0, 1)


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (sweeps, cells, stages, edges, sweep_stages)
        }


@_fuzz(30)
@given(
    words=st.lists(st.one_of(st.sampled_from(["--json", "--dry-run", "-g", "demo", "--", "submit"]), _ANY), max_size=3),
    axes=st.dictionaries(st.sampled_from(AXES), _ANY, max_size=2),
)
def test_the_command_line(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], axes: dict[str, str]
) -> None:
    options = [f"--{axis.replace('_', '-')}={value}" for axis, value in axes.items()]
    code = main(["submit", "--dry-run", "--grid", "demo", *options, *words])
    written = capsys.readouterr()
    assert code in (0, 2)
    if code == 2:
        assert len(written.err.splitlines()) == 1
        assert written.err.startswith("sweep: ") and written.err[:-1].isprintable()
    assert not home.exists()


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10), st.just("0" * 64)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
_PARTS = {
    "body": st.one_of(_JSON, st.just("W1siYSJdLCB7fSwge31d")),
    "content-type": st.one_of(st.just("application/json"), _JSON),
    "content-encoding": st.one_of(st.just("utf-8"), _JSON),
    "headers": st.one_of(
        st.fixed_dictionaries({}, optional={"task": st.just(TASK), "id": st.text(max_size=4), "eta": _JSON}), _JSON
    ),
    "properties": st.one_of(
        st.fixed_dictionaries(
            {"delivery_tag": _JSON, "body_encoding": st.just("base64")},
            optional={"delivery_info": st.one_of(st.just({"exchange": "", "routing_key": QUEUE}), _JSON)},
        ),
        _JSON,
    ),
}


@_fuzz(150)
@given(st.one_of(st.fixed_dictionaries({}, optional=_PARTS), _JSON), st.sampled_from([QUEUE, "celery.pidbox"]))
def test_messages_of_any_shape(message: object, queue: str) -> None:
    assert isinstance(refusal(message, queue), str)


@_fuzz(60)
@given(_JSON)
def test_the_task_takes_any_argument(argument: object) -> None:
    """In a process without a runtime, as Flower's: it says so and does nothing."""
    from prunesweep.worker.app import run_stage

    try:
        assert run_stage.run(argument) is None
    except Ignore:
        raise AssertionError("not even asked to be ignored") from None
    assert not is_digest(argument) or argument == "0" * 64


@_fuzz(150)
@given(_ANY, st.sampled_from(["redis://", "rediss://", "postgresql://", "redis+socket://", "sqlite://", "", "http://"]))
def test_urls_and_names(text: str, scheme: str) -> None:
    for read in (lambda: broker_url(scheme + text, "F"), lambda: database_url(scheme + text), lambda: parse_name(text)):
        try:
            read()
        except UserError as error:
            assert str(error).isprintable()
    mask(scheme + text)


def test_these_are_enough() -> None:
    assert sum(inputs) >= examples(2_500)
