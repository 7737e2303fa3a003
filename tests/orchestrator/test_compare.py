"""`sweep compare` and `sweep verdict` on a ledger whose accuracies are the test's own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from prunesweep.core.ledger.db.schema import cells, results, stages
from prunesweep.orchestrator.compare.wording import verdict_table
from prunesweep.orchestrator.console.text import Column
from prunesweep.orchestrator.statistics.paired_difference import paired

Sweep = Callable[..., Any]
Work = Callable[..., int]
Top1 = Callable[..., float]
FAIR = ("--grid", "fair", "--dataset", "digits", "--width", "2", "--epochs", "1", "--bench-device", "none")


def spread(algorithm: str, sparsity: float, seed: int) -> float:
    """One-shot wins at 90 % by 2 points, 75 % is undecided, at 50 % both are equal."""
    if algorithm == "iterative-one-schedule":
        gain = 0.019 + (0.0004 if seed == 1 else 0.0) if sparsity == 0.9 else 0.0
        return spread("iterative", sparsity, seed) + gain
    if algorithm != "iterative":
        return 0.9 + 0.001 * seed
    if sparsity == 0.9:
        return 0.88 + 0.001 * seed + (0.0005 if seed % 2 else 0.0)
    return 0.9 + 0.001 * seed + ((-0.001, 0.02, 0.004, -0.03)[seed % 4] if sparsity == 0.75 else 0.0)


@pytest.fixture
def measured(ledger: Engine, work: Work) -> Callable[[Top1], None]:
    """Does all stages, and writes the accuracies of a function of (algorithm, sparsity, seed)."""

    def run(top1: Top1 = spread) -> None:
        work()
        with ledger.begin() as connection:
            for cell in connection.execute(select(cells)).all():
                value = top1(cell.algorithm, cell.sparsity, cell.seed)
                connection.execute(update(results).where(results.c.digest == cell.evaluate).values(top1=value))

    return run


@pytest.fixture
def fair(sweep: Sweep, measured: Callable[..., None], made_once: Callable[..., None]) -> Sweep:
    """A measured sweep."""

    def make() -> None:
        assert sweep("submit", *FAIR, "--name", "fair").code == 0
        measured()

    made_once("fair", make)
    return sweep


def table(out: str) -> dict[str, list[str]]:
    """Sparsity → its row's words, of the first table."""
    rows = [line.split() for line in out.splitlines() if line.strip()[:2] in ("50", "75", "90")]
    return {words[0]: words for words in reversed(rows) if words[1] != "%"}


def test_the_verdict_per_sparsity(fair: Sweep) -> None:
    ran = fair("verdict")
    assert (ran.code, ran.err) == (0, "")
    rows = table(ran.out)
    assert rows["90"][1:5] == ["3", "88.12", "90.10", "-1.98"]
    assert " ".join(rows["90"][7:]) == "one-shot is better"
    assert rows["75"][4] == "+0.77"
    assert " ".join(rows["75"][7:9]) == "undecided, needs"
    assert " ".join(rows["50"][4:]) == "+0.00 – undecided: all 3 pairs are equal, no spread to judge by"
    assert "3 comparisons" in ran.out
    assert "1 decided taken alone, 1 with Holm's adjustment" in ran.out


def test_compare_is_the_same_seen_from_the_other_side(fair: Sweep) -> None:
    ran = fair("compare", ":algorithm=oneshot", "fair:algorithm=iterative")
    assert ran.out.splitlines()[:2] == [
        "A: fair, algorithm oneshot, epochs 3, rounds 1 (12 cells)",
        "B: fair, algorithm iterative, epochs 1, rounds 3 (9 cells)",
    ]
    assert table(ran.out)["90"][4] == "+1.98"
    assert " ".join(table(ran.out)["90"][7:]) == "A is better"
    dropped = fair("compare", ":algorithm=oneshot", ":algorithm=iterative", "--metric", "drop").out
    assert table(dropped)["90"][4] == "-1.98"
    assert " ".join(table(dropped)["90"][7:]) == "A is better"


def test_json_has_the_raw_numbers(fair: Sweep) -> None:
    body = json.loads(fair("compare", "fair:algorithm=oneshot", ":algorithm=iterative,sparsity=90", "--json").out)
    assert body["compared"] == ["algorithm", "epochs", "iterations"]
    assert body["without_partner"] == {"a": 9, "b": 0}
    [one] = body["comparisons"]
    assert one["at"]["sparsity"] == 0.9
    assert [pair["seed"] for pair in one["pairs"]] == [0, 1, 2]
    assert [pair["a"] - pair["b"] for pair in one["pairs"]] == pytest.approx([0.02, 0.0195, 0.02])
    assert one["low"] < one["mean"] < one["high"]
    assert (one["better"], one["better_holm"], one["more_seeds"]) == ("A", "A", None)
    assert one["p"] == one["p_holm"], "one comparison needs no adjustment"
    verdict = json.loads(fair("verdict", "fair", "--json").out)
    assert [(one["at"]["epochs"], one["at"]["iterations"]) for one in verdict["comparisons"]] == [(1, 3)] * 3
    assert verdict["missing"] is None
    assert verdict["comparisons"][2]["better"] == "one-shot"
    explained = verdict["explained"]
    assert [one["at"]["sparsity"] for one in explained] == [0.5, 0.75, 0.9]
    assert explained[2]["learning_rate_in_each_round"] == {"mean": pytest.approx(-0.01913, abs=1e-5), "decided": True}
    assert explained[2]["pruning_in_rounds"] == {"mean": pytest.approx(-0.0007, abs=1e-5), "decided": False}
    assert not any(one["pruning_in_rounds"]["decided"] for one in explained)
    for one, whole in zip(explained, verdict["comparisons"], strict=True):
        parts = one["pruning_in_rounds"]["mean"] + one["learning_rate_in_each_round"]["mean"]
        assert parts == pytest.approx(one["mean"]) == pytest.approx(whole["mean"])


def test_the_verdict_names_what_explains_a_difference(fair: Sweep) -> None:
    lines = fair("verdict").out.splitlines()
    head = "the same with one learning-rate schedule over all rounds, against one-shot"
    assert head in lines
    [line] = [line for line in lines if line.strip().startswith("90 % (")]
    assert "algorithm iterative, epochs 1, rounds 3" in line
    assert "-1.98 = -0.07 by pruning in rounds, -1.91 by the learning rate that falls in each round" in line
    assert line.endswith("only the part by the learning rate that falls in each round is significant")
    [line] = [line for line in lines if line.strip().startswith("50 % (")]
    assert line.endswith("neither is significant")


def test_partners_follow_from_what_algorithms_are_made_of(
    sweep: Sweep, measured: Callable[..., None], tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'base = "fair"\ndataset = "digits"\nwidth = 2\nbench_device = "none"\nepochs = 1\nsparsity = [0.9]\n'
        'algorithm = ["mine", "gradual", "lottery"]\n'
        '[algorithms.mine]\nscore = "taylor"\nschedule = "linear"\n'
        '[algorithms.mine-at-once]\nscore = "taylor"\n'
        '[algorithms.mine-once]\nscore = "taylor"\nschedule = "linear"\nanneal = "once"\n'
    )
    assert sweep("submit", "--grid", file, "--name", "own").code == 0
    measured(lambda algorithm, _, seed: 0.8 + 0.001 * seed * (1 + (algorithm == "mine")))
    body = json.loads(sweep("verdict", "--json").out)
    assert {one["at"]["algorithm"]: one["b"]["algorithm"] for one in body["comparisons"]} == {
        "mine": "mine-at-once",
        "gradual": "oneshot",
    }, "a ticket's rounds do not add up, so that it has no one-shot partner"
    assert [one["at"]["algorithm"] for one in body["explained"]] == ["mine"]
    assert "in rounds against one-shot" in sweep("verdict").out


def test_cells_without_partner_are_counted(fair: Sweep) -> None:
    out = fair("compare", ":algorithm=oneshot,sparsity=90,sparsity=75", ":algorithm=iterative,seed=0,seed=1").out
    assert "left out: 2 cells of A without a partner in B" in out
    assert "left out: 2 cells of B without a partner in A" in out
    assert [row[1] for row in table(out).values()] == ["2", "2"]


def test_two_sweeps_are_paired_by_what_they_share(sweep: Sweep, measured: Callable[..., None]) -> None:
    axes = ("--grid", "demo", "--algorithm", "oneshot", "--epochs", "1", "--seeds", "0,1,2", "--bench-device", "none")
    sweep("submit", *axes, "--name", "long")
    sweep("submit", *axes, "--dense-epochs", "5", "--name", "short")
    measured()
    ran = sweep("compare", "long", "short")
    assert ran.out.splitlines()[0] == "A: long, dense_epochs 10 (9 cells)"
    assert len(table(ran.out)) == 3


def test_one_seed_decides_nothing(sweep: Sweep, measured: Callable[..., None]) -> None:
    sweep("submit", *FAIR, "--seeds", "4", "--name", "one")
    measured(lambda algorithm, sparsity, seed: 0.5 + 0.1 * (algorithm == "oneshot"))
    out = sweep("verdict", "one").out
    assert "undecided: one seed; needs at least 2 more" in table_text(out)


def table_text(out: str) -> str:
    return "\n".join(" ".join(words) for words in table(out).values())


def test_queue_adds_seeds_and_runs_nothing_twice(fair: Sweep, measured: Callable[..., None], work: Work) -> None:
    one = ("compare", ":algorithm=oneshot,sparsity=75", ":algorithm=iterative")
    more = json.loads(fair(*one, "--json").out)["comparisons"][0]["more_seeds"]
    assert 0 < more <= 100
    queued = json.loads(fair(*one, "--queue", "--json").out)["queued"]
    added = list(range(3, 3 + more))
    assert [(row["of"], row["name"], row["added"]) for row in queued] == [("fair", "fair-1", added)]
    listed = {row["name"]: row for row in json.loads(fair("list", "--json").out)}
    grid = listed["fair"]["grid"]
    assert listed["fair-1"]["grid"] == {**grid, "seeds": [0, 1, 2, *added], "looked": [0, 1, 2]}
    assert queued[0]["done"] == queued[0]["stages"] - queued[0]["new"] == sum(listed["fair"]["counts"].values())
    waiting = fair(*one, "--queue")
    assert "queued nothing" in waiting.out, "the latest sweep has these seeds, and they have not ended"
    assert f"{more} pairs of the second look still to come" in waiting.out
    assert work() == queued[0]["new"]


def test_the_second_look_is_judged_as_one_and_there_is_no_third(
    fair: Sweep, measured: Callable[..., None], ledger: Engine
) -> None:
    one = ("compare", ":algorithm=oneshot,sparsity=75", ":algorithm=iterative")
    first = json.loads(fair(*one, "--queue", "--json").out)
    measured()
    body = json.loads(fair(*one, "--json").out)["comparisons"][0]
    looks = [[pair["a"] - pair["b"] for pair in body["pairs"] if pair["look"] == look] for look in (1, 2)]
    found = paired(*looks)
    assert (body["looks"], body["n_first"], body["more_seeds"]) == (2, 3, None)
    assert (body["low"], body["high"], body["p"]) == (found.low, found.high, found.p)
    assert body["verdict"] == "undecided after two looks"
    with ledger.begin() as connection:  # one cell of the second look is not there yet
        last = select(cells.c.evaluate).where(cells.c.algorithm == "iterative", cells.c.sparsity == 0.75)
        digest = connection.execute(last.order_by(cells.c.seed.desc()).limit(1)).scalar_one()
        connection.execute(update(stages).where(stages.c.digest == digest).values(state="RUNNING"))
        row = connection.execute(select(results).where(results.c.digest == digest)).one()
        connection.execute(delete(results).where(results.c.digest == digest))
    early = json.loads(fair(*one, "--json").out)["comparisons"][0]
    assert early["verdict"] == "undecided; 1 pair of the second look still to come"
    assert (early["p"], early["n"]) == (first["comparisons"][0]["p"], 3), "until then it is the first look's"
    with ledger.begin() as connection:
        connection.execute(update(stages).where(stages.c.digest == digest).values(state="DONE"))
        connection.execute(insert(results).values(**row._mapping))
    assert fair(*one, "--queue").out.splitlines()[-1].startswith("queued nothing")
    verdict = " ".join(fair("verdict").out.split())
    assert "undecided after two looks" in verdict
    assert "there is no third" in verdict
    other = fair("compare", "fair:algorithm=oneshot", "fair-1:algorithm=iterative", "--queue")
    assert other.code == 0, "the same seeds again are the same second look"


def test_a_third_look_is_refused(sweep: Sweep, measured: Callable[..., None], tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    file.write_text('base = "fair"\nseeds = [0, 1, 2, 3]\nlooked = [0, 1]\n')
    assert sweep("submit", "--grid", file, *FAIR[2:], "--name", "twice").code == 0
    assert sweep("submit", *FAIR, "--seeds", "0,1", "--dense-epochs", "9", "--name", "once").code == 0
    measured(lambda algorithm, sparsity, seed: 0.9 - (algorithm == "iterative") * (0.03 if seed % 2 else 0.01))
    one = ("compare", "twice:algorithm=oneshot,sparsity=75", "once:algorithm=iterative")
    before = sweep("list", "--json").out
    ran = sweep(*one, "--queue")
    assert ran.code == 2
    assert "twice" in ran.complaint
    assert "seeds were added after a look before, and there is no valid third look" in ran.complaint
    assert sweep("list", "--json").out == before, "nothing is half queued"


def test_queue_of_what_is_decided_adds_nothing(fair: Sweep) -> None:
    before = fair("list", "--json").out
    out = fair("compare", ":algorithm=oneshot,sparsity=90", ":algorithm=iterative", "--queue").out
    assert out.splitlines()[-1].startswith("queued nothing")
    assert fair("list", "--json").out == before


def test_queue_says_more_in_words(fair: Sweep) -> None:
    out = fair("compare", ":algorithm=oneshot,sparsity=50,seed=0", ":algorithm=iterative", "--queue").out
    assert out.splitlines()[-1].startswith("queued nothing"), "the sweep has three seeds already"
    out = fair("compare", ":algorithm=oneshot,sparsity=50", ":algorithm=iterative", "--queue").out
    assert "queued fair-1: fair and the seeds 3,4: 80 cells" in out


def test_without_a_partner_of_equal_length_there_is_no_verdict(sweep: Sweep, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--epochs", "2", "--name", "unfair")
    work()
    ran = sweep("verdict")
    assert (ran.code, ran.err) == (1, "")
    assert "would credit the rounds for their extra epochs" in ran.out
    assert "sweep run --grid fair" in ran.out
    body = json.loads(sweep("verdict", "--json").out)
    assert body["comparisons"] == []
    assert "extra epochs" in body["missing"]
    sweep("submit", "--grid", "demo", "--algorithm", "oneshot", "--name", "flat")
    assert "no cell of several rounds" in sweep("verdict").out


def test_what_has_not_ended_is_no_verdict(sweep: Sweep) -> None:
    sweep("submit", *FAIR, "--name", "fair")
    assert sweep("verdict").code == 1
    ran = sweep("compare", ":algorithm=oneshot", ":algorithm=iterative")
    assert (ran.code, ran.complaint.endswith("has its top1: not measured, or not yet; see: sweep status")) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fair", "fair:algoritm=x"], "filter 'algoritm': unknown; did you mean \"algorithm\"?"),
        (["fair", ":algorithm"], "filter ':algorithm': write SWEEP:axis=value"),
        (["fair", ":,"], "filter ':,': write SWEEP:axis=value"),
        (["fair", ":seed=x"], "seed 'x': give a whole number"),
        (["fair", ":sparsity=200"], "sparsity '200': give a sparsity"),
        (["fair", ":algorithm=x"], "filter ':algorithm=x': no cell of fair fits; its algorithm: iterative, "),
        (["fair", "fare"], "sweep 'fare': unknown; did you mean \"fair\"?"),
        (["fair", "fair"], "compare 'fair': both sides are the same cells"),
        (["fair:seed=0", "fair:seed=1"], "compare 'fair:seed=0 and fair:seed=1': no cell of one side has a partner"),
        (["fair", "fair", "--metric", "top2"], "metric 'top2': unknown; did you mean \"top"),
        (["fair"], "missing argument 'B'"),
    ],
)
def test_bad_comparisons(fair: Sweep, arguments: list[str], message: str) -> None:
    ran = fair("compare", *arguments)
    assert ran.code == 2
    assert ran.complaint.startswith(f"sweep: {message}")


def test_several_that_fit_one_are_refused(sweep: Sweep, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--epochs", "1")
    work()
    ran = sweep("compare", ":algorithm=oneshot", ":algorithm=iterative")
    assert ran.code == 2
    assert "B: several cells fit one of the other side; they differ in rounds: add rounds=3" in ran.complaint


def test_a_grid_that_means_something_else_today_is_not_extended(
    sweep: Sweep, measured: Callable[..., None], tmp_path: Path
) -> None:
    recipe = tmp_path / "mine.toml"
    digits = Path(__file__).parents[2] / "core" / "plan" / "recipe_files" / "digits.toml"
    recipe.write_text(digits.read_text())
    sweep("submit", *FAIR, "--recipe", recipe, "--name", "mine")
    measured()
    recipe.write_text(digits.read_text().replace("version = ", "version = 9"))
    ran = sweep("compare", ":algorithm=oneshot", ":algorithm=iterative", "--queue")
    assert ran.code == 2
    assert "has changed since it was submitted" in ran.complaint
    assert len(json.loads(sweep("list", "--json").out)) == 1


def test_latencies_of_one_network_are_not_the_same_work(sweep: Sweep, work: Work) -> None:
    """An accuracy is a fact about weights, a latency one about a machine."""
    axes = ("--grid", "demo", "--algorithm", "oneshot", "--epochs", "1")
    sweep("submit", *axes, "--name", "one")
    sweep("submit", *axes, "--bench-threads", "2", "--name", "two")
    work()
    assert "both sides are the same cells" in sweep("compare", "one", "two").complaint
    ran = sweep("compare", "one", "two", "--metric", "latency_speedup")
    assert (ran.code, len(table(ran.out))) == (0, 3)
    assert "both sides are the same cells" in sweep("compare", "one", "one", "--metric", "latency_speedup").complaint


def test_a_verdict_is_whole_in_a_narrow_window() -> None:
    columns = [Column("sparsity %"), Column("difference"), Column("verdict", left=True)]
    told = "undecided, needs about 69 more seeds"
    narrow, wide = (verdict_table(columns, [("50", "-0.28", told), ("90", "-1.0", told)], width) for width in (50, 70))
    assert narrow[3::2] == [f"  {told}"] * 2
    assert [line.endswith(told) for line in wide] == [False, False, True, True]
