"""Digests: the identity of work. A change here orphans every ledger in the field, so it must be on purpose."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.plan import canonical_json
from prunesweep.core.plan.canonical_json import Texts
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.datasets import OPTIONAL, DatasetRef
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import Recipe, load_recipe
from prunesweep.core.plan.stages import (
    Benchmark,
    Evaluate,
    PruneRound,
    Sleep,
    Stage,
    Train,
    decode,
    digest,
    encode,
)

CIFAR = DatasetRef("cifar10", "", 10)
NET = ModelRef("resnet18", 64, 10)
DENSE, FINETUNE = load_recipe("default").dense, load_recipe("default").finetune

STAGES: tuple[Stage, ...] = (
    Train(CIFAR, NET, DENSE, 30, 0),
    PruneRound("a" * 64, 1, "magnitude", "global", 0.9, 3, 30, FINETUNE, CIFAR, NET, 0),
    Evaluate("a" * 64, "", CIFAR, NET),
    Benchmark("a" * 64, "b" * 64, ("torch", "sparse"), "cpu", 1, 1, CIFAR, NET),
    Benchmark("a" * 64, "b" * 64, ("sparse",), "cpu", 1, 1, CIFAR, NET, repeat=1),
    Sleep("x", 1.0, ("a" * 64,)),
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.kind)
def test_a_stage_survives_its_json(stage: Stage) -> None:
    assert decode(encode(stage)) == stage


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.kind)
def test_every_field_decides_the_digest(stage: Stage) -> None:
    for field in fields(stage):
        value = getattr(stage, field.name)
        if isinstance(value, bool | int | float):
            other = value + 1
        elif isinstance(value, str):
            other = value + "x"
        elif isinstance(value, tuple):
            other = (*value, "x")
        else:
            other = replace(value, name=value.name + "x")
        assert digest(replace(stage, **{field.name: other})) != digest(stage), field.name


def test_canonical_json_has_sorted_keys_and_carries_kind_and_code() -> None:
    text = encode(STAGES[0])
    body = json.loads(text)
    assert text == json.dumps(body, sort_keys=True, separators=(",", ":"))
    assert body["kind"] == "train"
    assert body["code"] == Train.code


ANY = st.text(max_size=8)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()


@given(
    st.builds(DatasetRef, ANY, ANY, NUMBERS, st.sampled_from([0, 32]), st.sampled_from(["", "crop"]), ANY),
    st.builds(replace, st.just(FINETUNE), name=ANY, lr=NUMBERS, flip=ANY, crop_scale=NUMBERS),
    ANY,
    NUMBERS,
    st.lists(ANY, max_size=3).map(tuple),
)
def test_the_text_is_that_of_the_json_library(
    dataset: DatasetRef, recipe: Recipe, text: str, number: float, names: tuple[str, ...]
) -> None:
    """Whatever the values: it is written without the library, for a fifth of the time."""
    made = PruneRound(text, 1, text, "global", number, 3, 30, recipe, dataset, NET, 0, layers=text)
    for stage in (made, Sleep(text, number, names), Benchmark(text, "b", names, "cpu", 1, 1, dataset, NET)):
        known: Texts = {}
        written = json.dumps(_body(stage), sort_keys=True, separators=(",", ":"))
        assert [encode(stage), encode(stage, known), encode(stage, known)] == [written] * 3


@pytest.mark.parametrize("kept", [1, 5_000])
def test_what_stages_have_in_common_is_not_mixed_up(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal numbers may be written differently; and objects may lie where earlier ones did."""
    monkeypatch.setattr(canonical_json, "_KEPT", kept)
    known: Texts = {}
    for number in (1, 1.0, True, 0, 0.0, -0.0, False, 1, 0.1, 1e300, 2**70) * 3:
        for seed in (0, 1):
            recipe = replace(FINETUNE, lr=number)
            made = PruneRound("a", 1, "b", "global", number, 3, 30, recipe, CIFAR, NET, seed, teacher="t" * seed)
            for stage in (made, Benchmark("a", "b", ("c",), "cpu", number, 1, CIFAR, NET), Sleep("x", number, ("y",))):
                assert encode(stage, known) == json.dumps(_body(stage), sort_keys=True, separators=(",", ":"))


def _body(value: Stage | DatasetRef | ModelRef | Recipe) -> dict[str, Any]:
    """Return its fields, and those of what is in it, without the optional ones that have their default."""
    members = {one.name: getattr(value, one.name) for one in fields(value)}
    absent = {one.name for one in fields(value) if one.metadata.get(OPTIONAL) and members[one.name] == one.default}
    parts = (DatasetRef, ModelRef, Recipe)
    body = {name: _body(one) if isinstance(one, parts) else one for name, one in members.items() if name not in absent}
    return body if isinstance(value, parts) else {**body, "kind": value.kind, "code": value.code}


def test_a_number_that_json_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode(Sleep("x", float("nan")))


def test_another_code_version_is_refused() -> None:
    text = encode(STAGES[0]).replace(f'"code":{Train.code}', '"code":999')
    with pytest.raises(ValueError, match="another code version"):
        decode(text)


@pytest.mark.parametrize("text", ["{}", "[]", '"x"', '{"kind":"rm -rf"}', '{"kind":"sleep","code":1,"x":1}'])
def test_foreign_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a stage|has fields"):
        decode(text)


WRONG = st.one_of(st.none(), st.booleans(), ANY, st.lists(st.integers(), min_size=1), st.just({"x": 1}))


@given(st.sampled_from(STAGES), st.data())
def test_a_value_of_another_type_is_refused(stage: Stage, data: st.DataObject) -> None:
    body = json.loads(encode(stage))
    name = data.draw(st.sampled_from([one.name for one in fields(stage) if one.name in body]))
    right = body[name]
    body[name] = wrong = data.draw(WRONG.filter(lambda value: type(value) is not type(right)))
    with pytest.raises(ValueError, match=rf"{type(stage).__name__}|has fields"):
        decode(json.dumps(body))
    if isinstance(right, dict):
        inner = data.draw(st.sampled_from(sorted(right)))
        if type(right[inner]) is not type(wrong):
            body[name] = right | {inner: wrong}
            with pytest.raises(ValueError, match=r"Expected|has fields"):
                decode(json.dumps(body))


@given(st.floats(0.01, 0.99), st.integers(0, 2**31))
def test_equal_values_have_equal_digests(sparsity: float, seed: int) -> None:
    one, two = (replace(STAGES[1], sparsity=float(str(sparsity)), seed=seed) for _ in range(2))
    assert digest(one) == digest(two)


def test_no_two_stages_of_a_plan_collide() -> None:
    result = plan(GRIDS["full"])
    assert len({json.dumps(json.loads(t)) for t in result.encoded.values()}) == len(result.stages)
