"""What may be said: nothing of networks that learned nothing, the best by validation, and pairs that ran alike."""

from dataclasses import fields
from typing import Any

import pytest

from prunesweep.core.chance import at_chance, most_by_chance
from prunesweep.core.ledger.queries.ran import together
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.audit import facts
from prunesweep.orchestrator.compare import sample_size, wording
from prunesweep.orchestrator.compare.paired import METRICS, CellPoint, compare
from prunesweep.orchestrator.report import best, validity
from prunesweep.orchestrator.report.html.sentences import verdict

NAMES = wording.SideNames()


def row(algorithm: str, seed: int, **known: Any) -> ReportRow:
    """A finished cell at 90 %; what is not given is not known."""
    plain = {
        "sweep": "s",
        "cell": seed,
        "state": "DONE",
        "dataset": "digits",
        "model": "resnet18",
        "width": 4,
        "sparsity": 0.9,
        "epochs": 1,
        "iterations": 1,
        "layer_rules": "",
        "reference": "dense",
        "digest": f"{algorithm}{seed}",
        "top1_dense": 0.9,
        "chance": 0.1,
        "test_images": 400,
    }
    given = {**plain, "algorithm": algorithm, "seed": seed, **known}
    return ReportRow(**{field.name: given.get(field.name) for field in fields(ReportRow)})


def compared(*rows: ReportRow) -> Any:
    axes = ("layer_rules", "dataset", "model", "width", "algorithm", "sparsity", "epochs", "iterations", "seed")
    points = [CellPoint(one, {**dict.fromkeys(("dense_epochs", "weights", "recipe", "code", "composition"), ""),
                          **{axis: getattr(one, axis) for axis in axes}}) for one in rows]  # fmt: skip
    sides = [[one for one in points if one.row.algorithm == name] for name in ("a", "b")]
    return compare(*sides, METRICS["top1"])


def test_chance_is_the_majoritys_share_and_two_standard_errors() -> None:
    assert most_by_chance(0.1, 400) == pytest.approx(0.13)
    assert [at_chance(top1, 0.1, 400) for top1 in (0.05, 0.1, 0.1299, 0.1301)] == [True, True, True, False]
    assert at_chance(0.8, 0.8, 400), "always naming the class of four in five images is no knowledge"
    assert at_chance(0.1, None, 400) is None


def test_dead_networks_get_no_verdict_and_no_advice() -> None:
    values = {"a": (0.10, 0.11, 0.09), "b": (0.11, 0.08, 0.10)}
    dead = compared(
        *(row(name, seed, top1=top1, at_chance=True) for name in values for seed, top1 in enumerate(values[name]))
    )
    [one] = dead.comparisons
    said = wording.verdict(one, METRICS["top1"], NAMES, 1)
    assert said == "no verdict: both sides are at chance, nothing is left that was learned"
    assert sample_size.needed(dead) == 0
    told = wording.as_dict(dead, METRICS["top1"], NAMES)["comparisons"][0]
    assert (told["more_seeds"], told["better"], told["p_holm"]) == (None, None, None)
    unborn = compared(*(row(name, seed, top1=0.1, dense_at_chance=True) for name in values for seed in range(3)))
    assert "the dense network learned nothing" in wording.verdict(unborn.comparisons[0], METRICS["top1"], NAMES, 1)
    alive = compared(
        *(
            row(name, seed, top1=top1, at_chance=name == "a")
            for name in values
            for seed, top1 in enumerate((0.1, 0.2, 0.1))
        )
    )
    assert not alive.comparisons[0].dead, "that one side is dead is a finding"


def test_dead_networks_are_said_in_report_page_and_audit() -> None:
    rows = [
        row(name, seed, top1=0.1, top1_dense=0.11, at_chance=True, dense_at_chance=True)
        for name in "ab"
        for seed in (0, 1)
    ]
    [line] = validity.nothing_learned(rows)
    assert line.startswith("the dense network learned nothing (seeds 0, 1): top-1 11.00 %, within two standard errors")
    page = " ".join(verdict(rows))
    assert "The dense network learned nothing" in page
    assert "stays within one point" not in page

    class Subject:
        pass

    subject: Any = Subject()
    subject.rows = rows
    assert facts.above_chance(subject).status == "fail"


def test_the_best_is_chosen_on_validation_and_told_by_its_test_accuracy() -> None:
    rows = [row("a", seed, top1=0.80 + 0.01 * seed, top1_val=0.90, at_chance=False) for seed in range(3)]
    rows += [row("b", seed, top1=0.85, top1_val=0.70, at_chance=False) for seed in range(3)]
    first, *rest = best.lines(rows)
    assert first == "highest at 90 %, chosen on validation: a, 1 epoch × 1 round, test top-1 81.00 ± 2.48 % (3 seeds)"
    assert "on this one test set" in rest[0]
    lost = [row(name, 0, top1=0.1, top1_val=0.1, at_chance=True) for name in "ab"]
    assert best.lines(lost)[0] == "highest at 90 %: none, all 2 settings are at chance"
    assert best.lines([row(name, 0, top1=0.9) for name in "ab"]) == [], "nothing is chosen on test images"


def test_pairs_that_did_not_run_alike_are_warned_of() -> None:
    rows = [
        row(
            name,
            seed,
            top1=0.8 + 0.01 * seed * (name == "a"),
            ran_numbers="bf16" if name == "a" else "fp32",
            ran_device="x",
        )
        for name in "ab"
        for seed in range(3)
    ]
    found = compared(*rows)
    assert found.comparisons[0].unlike == {"ran_numbers": 3}
    told = wording.lines(found, METRICS["top1"], NAMES, 200)
    assert any(line.startswith("warning: not carried out alike") and "numbers in 3 pairs" in line for line in told)
    alike = compared(*(row(name, seed, top1=0.8, ran_device="x") for name in "ab" for seed in range(2)))
    assert not any("warning" in line for line in wording.lines(alike, METRICS["top1"], NAMES, 200))


def test_what_ran_is_told_of_the_whole_chain() -> None:
    one = {"device": "cpu", "numbers": "bf16", "threads": 2}
    assert together([one, {**one, "numbers": "fp32"}])["ran_numbers"] == "bf16; fp32"
    assert together([one, one])["ran_threads"] == "2"
    assert together([one, None])["ran_device"] is None
