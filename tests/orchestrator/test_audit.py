"""`sweep audit`: what passes, what fails and which rows prove it; and the artifacts themselves with `--verify`."""

import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import Engine, select, update

from prunesweep.core.extras import install
from prunesweep.core.jobs import reevaluate as again
from prunesweep.core.ledger.db.schema import cells, results, stages
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.workers import register
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.published import PUBLISHED
from prunesweep.core.plan.stages import TOP5_CLASSES
from prunesweep.core.training.datasets import load_dataset
from prunesweep.orchestrator.audit.checklist import ITEMS, audit
from prunesweep.orchestrator.audit.subject import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    AuditedSweep,
    ItemResult,
    RereadAccuracy,
    read_subject,
)
from tests.orchestrator.test_verify import Floor, floor
from tests.support.jobs import answer_here

__all__ = ["floor"]

Sweep = Callable[..., Any]
Work = Callable[..., int]
FAIR = ("--grid", "fair", "--dataset", "digits", "--width", "2", "--epochs", "1", "--bench-device", "none")
RENAMED = {"layer-random": "random@oneshot", "random": "random@iterative"}
FIVE = (*FAIR, "--sparsity", "50,75,90,95,98")


def judged(subject: AuditedSweep) -> dict[str, ItemResult]:
    return {item.id: outcome for item, outcome in audit(subject)}


@pytest.fixture
def fair(sweep: Sweep, work: Work, ledger: Engine, made_once: Callable[..., None]) -> AuditedSweep:
    """A finished sweep that lacks nothing."""

    def make() -> None:
        register(ledger, "host:1", "host", 1, ["cpu"], "0.1.0")
        assert sweep("submit", *FIVE, "--name", "fair").code == 0
        work()

    made_once("fair", make)
    return read_subject(ledger, find_sweep(ledger, "fair"))


def test_ids_are_unique_and_every_source_is_named() -> None:
    assert len({item.id for item in ITEMS}) == len(ITEMS) == 29
    assert {item.source for item in ITEMS} == {"recommendations", "appendix", "prunesweep"}


def test_a_good_sweep(fair: AuditedSweep) -> None:
    found = judged(fair)
    unknowable = {"three-pairs", "top-5", "layer-magnitude", "hardware", "curves", "zeros-alone"}
    unknowable |= {"prior-work", "claims", "source-code"}
    unasked = {"artifacts", "accuracies"}
    assert {name for name, outcome in found.items() if outcome.status == NOT_APPLICABLE} == unknowable | unasked
    toy = {"architecture", "no-toy"}
    assert {name for name, outcome in found.items() if outcome.status == FAIL} == toy, "digits, two channels wide"
    rule = "1.25× apart, the largest 8× the smallest"
    assert found["points"].evidence == f"5 or more on each of 5 curves ({rule}): 2×, 4×, 10×, 20×, 50×"
    assert "toy: digits: 1,797 grey images of 8×8 pixels; toy: resnet18 of width 2" in found["setting"].evidence
    assert "compression_all 9.748" in found["both-ratios"].evidence
    assert "prunesweep 0.1.0" in found["same-code"].evidence
    assert "78 rows" in found["raw-accuracy"].evidence
    assert "a processor" not in found["hardware"].evidence, "no latency was measured"


def test_the_zeros_share_of_a_speedup(sweep: Sweep, work: Work, ledger: Engine) -> None:
    assert sweep("submit", "--grid", "demo", "--name", "timed").code == 0
    work()
    subject = read_subject(ledger, find_sweep(ledger, "timed"))
    found = judged(subject)["zeros-alone"]
    assert found.status == PASS
    assert "over the fastest dense engine, of which the zeros alone bring 1.50×; code that ran: own" in found.evidence
    old = [replace(row, latency_zeros_speedup=None) for row in subject.rows]
    found = judged(replace(subject, rows=tuple(old)))["zeros-alone"]
    assert found.status == FAIL
    assert "18 of 18 measured cells have no dense network in the same code" in found.evidence


@pytest.mark.parametrize(
    ("sparsities", "words"),
    [
        ((0.9, 0.901, 0.902, 0.903, 0.98), "fewer than 5 measured ratios"),
        ((0.0, 0.5, 0.75, 0.9, 0.95), "fewer than 5 measured ratios"),
        ((0.5, 0.6, 0.7, 0.8, 0.85), "too narrow a range"),
        ((0.5, 0.75, 0.875, 0.9375, 0.96875), ""),
    ],
)
def test_points_must_lie_apart_and_span_a_range(fair: AuditedSweep, sparsities: tuple[float, ...], words: str) -> None:
    old = sorted({row.sparsity for row in fair.rows if row.sparsity})
    rows = tuple(replace(row, sparsity=sparsities[old.index(row.sparsity)]) for row in fair.rows if row.sparsity)
    found = judged(replace(fair, rows=rows))["points"]
    assert found.status == (FAIL if words else PASS)
    assert words in found.evidence and "1.25× apart, the largest 8× the smallest" in found.evidence


def test_the_published_network_passes_and_its_differences_are_told(fair: AuditedSweep) -> None:
    """At its published width, on data that is no toy."""

    def of(model: str, width: int) -> dict[str, ItemResult]:
        rows = tuple(replace(row, model=model, width=width, dataset="cifar10") for row in fair.rows)
        return judged(replace(fair, rows=rows))

    assert of("resnet20", 16)["no-toy"].status == PASS
    found = of("resnet20", 16)["architecture"]
    assert found.status == PASS and "option B" in found.evidence
    assert "stem of 3×3 windows" in of("resnet18", 64)["architecture"].evidence
    assert of("resnet20", 8)["architecture"].status == of("resnet20", 8)["no-toy"].status == FAIL
    wide = of("resnet20", 32)
    assert (wide["architecture"].status, wide["no-toy"].status) == (FAIL, PASS)
    assert of("mine", 1)["architecture"].status == NOT_APPLICABLE
    assert set(PUBLISHED) == set(MODELS), "every network of ours says how it differs"


def test_a_curve_must_go_to_where_accuracy_declines(fair: AuditedSweep) -> None:
    shallow = replace(fair, rows=tuple(replace(row, drop=0.049) for row in fair.rows))
    found = judged(shallow)["extremes"]
    assert (found.status, len(found.cells)) == (FAIL, 9), "three seeds at 98 % of three methods; controls don't count"
    assert "iterative 1×3: +4.9; iterative-one-schedule 1×3: +4.9; oneshot 3×1: +4.9" in found.evidence


def test_the_command_says_it_in_words_and_as_json(fair: AuditedSweep, sweep: Sweep) -> None:
    ran = sweep("audit")
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert lines[0] == "fair: Blalock et al. 2020 (arXiv:2003.03033) in our words, 78 rows"
    assert lines[-1] == "16 pass, 2 fail, 11 n/a"
    assert "n/a   artifacts: every row's artifact: hash, masks and counts (--verify)" in lines
    assert max(map(len, lines)) <= 120
    body = json.loads(sweep("audit", "fair", "--json").out)
    assert body["counts"] == {"pass": 16, "fail": 2, "n/a": 11}
    assert body["verified"] is False
    items = {item["id"]: item for item in body["items"]}
    assert list(items) == [item.id for item in ITEMS]
    assert items["random"]["status"] == "pass"
    assert items["random"]["cells"] == [1, 4], "an iterative cell and its random control"


def test_what_the_demo_lacks(sweep: Sweep, work: Work, ledger: Engine) -> None:
    sweep("submit", "--grid", "demo", "--name", "demo")
    work()
    assert sweep("audit").code == 1
    found = judged(read_subject(ledger, find_sweep(ledger, "demo")))
    fails = {name: outcome for name, outcome in found.items() if outcome.status == FAIL}
    assert set(fails) == {"architecture", "no-toy", "points", "seeds", "random", "layer-random"}
    assert "): oneshot 1×1: 3; oneshot 2×1: 3" in fails["points"].evidence
    assert len(fails["points"].cells) == 18
    assert "18 of 18 settings have fewer than 3 measured seeds, the fewest 1" in fails["seeds"].evidence
    assert "18 of 18 rows (oneshot, iterative) have no random pruning" in fails["random"].evidence
    assert found["same-code"].status == NOT_APPLICABLE, "the worker has left no row"


def test_rows_without_results_fail_by_number(sweep: Sweep, ledger: Engine) -> None:
    sweep("submit", *FIVE, "--name", "new")
    found = judged(read_subject(ledger, find_sweep(ledger, None)))
    assert found["raw-accuracy"].status == FAIL
    assert found["raw-accuracy"].cells == tuple(range(1, 79))
    assert found["seeds"].status == found["points"].status == found["random"].status == FAIL


def test_a_control_must_have_the_same_seed_and_length(fair: AuditedSweep) -> None:
    """Of one random row another seed, of one layer-random row other epochs."""

    def changed(algorithm: str, **what: int) -> AuditedSweep:
        place = next(place for place, row in enumerate(fair.rows) if row.algorithm == algorithm)
        rows = list(fair.rows)
        rows[place] = replace(rows[place], **what)  # type: ignore[arg-type]
        return replace(fair, rows=tuple(rows))

    other = judged(changed("random", seed=9))
    assert (other["random"].status, other["random"].cells) == (FAIL, (1, 2, 3))
    assert other["layer-random"].status == PASS
    longer = changed("layer-random", epochs=30)
    assert judged(longer)["layer-random"].status == PASS, "the made-up counts of random are the same, and it is random"
    other = [{"name": "fc.weight", "nonzero": 90, "total": 100}]
    found = judged(replace(longer, layers={**fair.layers, 4: other}))["layer-random"]
    assert (found.status, found.cells) == (FAIL, (1, 2, 3))


def test_layer_counts_are_compared_and_names_are_not_trusted(fair: AuditedSweep) -> None:
    """A control called layer-random whose counts are others is none; one with the counts is, whatever its name."""
    assert "differs by at most 0.0 points" in judged(fair)["layer-random"].evidence
    layers = {**fair.layers, 1: [{"name": "fc.weight", "nonzero": 100, "total": 100}]}
    found = judged(replace(fair, layers=layers))["layer-random"]
    assert (found.status, found.cells) == (FAIL, (1,))
    assert "layer counts differ by 90.0 points in fc.weight; submit its grid" in found.evidence
    named = replace(
        fair, rows=tuple(replace(row, algorithm=RENAMED.get(row.algorithm, row.algorithm)) for row in fair.rows)
    )
    assert judged(named)["layer-random"].status == PASS
    unknown = {**fair.layers, 1: []}
    assert "layer counts are not known" in judged(replace(fair, layers=unknown))["layer-random"].evidence


@pytest.mark.parametrize(
    ("oneshot", "rows", "options"),
    [
        (10, 30, ["--algorithm", "iterative,random@iterative,random@iterative-one-schedule"]),
        (40, 45, ["--algorithm", "iterative,random@iterative,random@iterative-one-schedule,random@oneshot"]),
    ],
)
def test_the_advice_adds_the_controls_that_a_fair_grid_lacks(
    fair: AuditedSweep, sweep: Sweep, work: Work, ledger: Engine, oneshot: int, rows: int, options: list[str]
) -> None:
    """`layer-random` has one-shot's layer counts (10 here), not those of pruning in rounds. Followed to the letter."""
    kinds = {"iterative": 20, "iterative-one-schedule": 30, "oneshot": oneshot}

    def counted(subject: AuditedSweep) -> ItemResult:
        left = {row.cell: kinds.get(row.algorithm.rpartition("@")[2], 10) for row in subject.rows}
        layers = {cell: [{"name": "fc.weight", "nonzero": kept, "total": 100}] for cell, kept in left.items()}
        return judged(replace(subject, layers=layers))["layer-random"]

    found = counted(fair)
    assert (found.status, len(found.cells)) == (FAIL, rows)
    given = re.findall(r"--[a-z]+ [^ :]+", found.evidence.partition("another name with ")[2])
    assert given[0].split() == options
    assert sweep("submit", *FIVE, *" ".join(given).split(), "--name", "more").code == 0
    work()
    more = read_subject(ledger, find_sweep(ledger, "more"))
    again = counted(more)
    lacking = {row.digest for row in more.rows if again.status == FAIL and row.cell in again.cells}
    assert not lacking & {row.digest for row, _ in fair.methods()}
    assert again.status == PASS or oneshot != 10


def test_controls_with_a_methods_own_counts(sweep: Sweep, work: Work, ledger: Engine) -> None:
    axes = ("--grid", "demo", "--epochs", "1", "--iterations", "2", "--bench-device", "none", "--sparsity", "90")
    sweep("submit", *axes, "--algorithm", "snip,iterative,2:4", "--controls", "true", "--name", "own")
    work()
    subject = read_subject(ledger, find_sweep(ledger, "own"))
    names = [row.algorithm for row in subject.rows]
    assert names == ["snip", "random@snip", "magnitude@snip", "iterative", "random@iterative", "2:4", "random@2:4"]
    assert {row.sparsity for row in subject.rows if "2:4" in row.algorithm} == {0.5}
    assert [row.algorithm for row, _ in subject.methods()] == ["snip", "iterative", "2:4"]
    found = judged(subject)
    assert (found["layer-random"].status, found["layer-magnitude"].status) == (PASS, PASS)
    assert "random@snip = random, counts-of:snip, oneshot, retrain" in found["algorithms"].evidence


def test_other_scores_need_magnitude_beside_them(sweep: Sweep, work: Work, ledger: Engine) -> None:
    axes = ("--grid", "demo", "--epochs", "1", "--iterations", "2", "--bench-device", "none")
    sweep("submit", *axes, "--algorithm", "snip,oneshot,2:4", "--name", "snip")
    sweep("submit", *axes, "--algorithm", "lamp", "--name", "lamp")
    work()
    with_it = judged(read_subject(ledger, find_sweep(ledger, "snip")))
    assert (with_it["magnitude"].status, with_it["layer-magnitude"].status) == (PASS, PASS)
    assert "2:4" not in with_it["points"].evidence
    without = judged(read_subject(ledger, find_sweep(ledger, "lamp")))
    assert (without["magnitude"].status, without["layer-magnitude"].status) == (FAIL, NOT_APPLICABLE)


def test_many_classes_ask_for_top_5(sweep: Sweep, ledger: Engine) -> None:
    sweep("submit", "--grid", "full", "--dataset", "cifar100", "--name", "hundred")
    found = judged(read_subject(ledger, find_sweep(ledger, None)))
    assert found["top-5"] == ItemResult(FAIL, "18 of 18 rows lack top-1 and top-5 (100 classes)", tuple(range(1, 19)))


def test_top_5_of_every_row_and_of_dense(fair: AuditedSweep) -> None:
    rows = tuple(replace(row, top5=0.99, top5_dense=0.995) for row in fair.rows)
    many = replace(fair, rows=rows, dataset={**fair.dataset, "classes": TOP5_CLASSES})
    assert judged(many)["top-5"].status == PASS
    few = replace(many, rows=(*rows[:-1], replace(rows[-1], top5=None)))
    assert (judged(few)["top-5"].status, judged(few)["top-5"].cells) == (FAIL, (78,))


def test_incomplete_recipes_and_mixed_code_fail(fair: AuditedSweep) -> None:
    specs = dict(fair.trained.specs)
    digest = next(iter(specs))
    recipe = {key: value for key, value in specs[digest]["recipe"].items() if key != "lr"}
    specs[digest] = {**specs[digest], "recipe": recipe, "code": 1}
    found = judged(replace(fair, trained=replace(fair.trained, specs=specs)))
    assert found["hyper-parameters"].status == found["same-code"].status == FAIL
    assert f"{digest[:12]}: lr" in found["hyper-parameters"].evidence


def test_an_accuracy_may_be_one_image_off() -> None:
    def read(again: float | None, images: int) -> bool:
        return RereadAccuracy(1, "a", 0.9, again, images, "").agrees

    assert read(0.9 - 1 / 360, 360)
    assert not read(0.9 - 2 / 360, 360)
    assert read(0.9009, 10_000)
    assert not read(0.9012, 10_000)
    assert not read(None, 0)


def statuses(sweep: Sweep) -> dict[str, tuple[str, str]]:
    body = json.loads(sweep("audit", "mine", "--verify", "--json").out)
    return {item["id"]: (item["status"], item["evidence"]) for item in body["items"]}


def test_verify_reads_artifacts_and_accuracies_again(
    sweep: Sweep, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_here(monkeypatch)
    ran = sweep("audit", "mine", "--verify", "--json")
    assert ran.code == 1
    items = {item["id"]: item for item in json.loads(ran.out)["items"]}
    assert items["artifacts"]["evidence"] == "2 artifacts: hash, masks, weights counted as the rows say"
    assert items["accuracies"]["status"] == "fail", "the ledger's 90 % were made up"
    assert items["accuracies"]["evidence"].startswith("2 of 2 differ; ")
    write_true_accuracies(floor)
    found = statuses(sweep)
    assert found["artifacts"][0] == "pass"
    assert found["accuracies"] == ("pass", "2 networks on 355 test images; largest difference 0.000 points")
    _, pruned = floor.artifacts()["prune"]
    pruned.write_bytes(b"damaged")
    found = statuses(sweep)
    assert found["artifacts"][0] == found["accuracies"][0] == "fail"
    assert "prune 1 → 50 %" in found["artifacts"][1]
    assert "wrong hash" in found["accuracies"][1]


def write_true_accuracies(floor: Floor) -> None:
    split = load_dataset(parse_dataset("digits"), Path(floor.home), "test")
    with floor.ledger.begin() as connection:
        for cell in connection.execute(select(cells)).all():
            for made, evaluate in ((cell.rounds[-1], cell.evaluate), (cell.train, cell.dense_evaluate)):
                artifact = connection.execute(select(stages.c.artifact).where(stages.c.digest == made)).scalar_one()
                top1 = again.accuracy(floor.store.get(artifact), split, torch.device("cpu")).top1
                connection.execute(update(results).where(results.c.digest == evaluate).values(top1=top1))


def test_bad_input(sweep: Sweep, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sweep("audit", "mien").complaint.startswith("sweep: sweep 'mien': unknown; did you mean \"mine\"?")
    answer_here(monkeypatch)
    ran = sweep("audit", "mine", "--verify", "--device", "tpu")
    assert (ran.code, ran.complaint) == (2, "sweep: device 'tpu': use cpu, cuda or cuda:NUMBER")
    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: real(name) if name == "pip" else None)
    ran = sweep("audit", "mine", "--verify")
    assert (ran.code, ran.complaint) == (2, f"sweep: audit --verify: needs torch: {install('worker')}")


def test_the_page_lists_every_item_under_where_it_is_from() -> None:
    page = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text()
    _, lists = page.split("### The items", 1)
    parts = re.split(r"\*\*(recommendations|appendix|prunesweep)\*\*", lists)
    listed = {source: set(re.findall(r"^\| ([^|]+) \|", text, re.M)) for source, text in pairwise(parts[1:])}
    for item in ITEMS:
        assert any(f"`{item.id}`" in row for row in listed[item.source]), item.id
