"""Checkpoints as bytes."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack, unpack
from prunesweep.core.artifacts.weights import read_weights
from prunesweep.core.errors import StageError
from tests.support.examples import examples

NAMES = st.text("abcdefghij.01_", min_size=1, max_size=12)
SHAPES = st.lists(st.integers(0, 5), max_size=4)


@st.composite
def checkpoints(draw: Any) -> Checkpoint:
    seed = draw(st.integers(0, 2**31))
    random = np.random.default_rng(seed)
    weights, masks = {}, {}
    for name in draw(st.lists(NAMES, max_size=5, unique=True)):
        shape = draw(SHAPES)
        if draw(st.booleans()):
            weights[name] = torch.from_numpy(np.asarray(random.integers(-(2**60), 2**60, shape), np.int64))
            continue
        weight = torch.from_numpy(np.asarray(random.standard_normal(shape), np.float32))
        if draw(st.booleans()):
            masks[name] = torch.from_numpy(np.asarray(random.random(shape) < 0.5))
            weight = weight.masked_fill(~masks[name], 0.0)
        weights[name] = weight
    names = [f"optimizer/{name}/momentum_buffer" for name in draw(st.lists(NAMES, max_size=2, unique=True))]
    optimizer = {name: torch.from_numpy(np.asarray(random.random(draw(SHAPES)), np.float32)) for name in names}
    return Checkpoint(weights, masks, draw(st.dictionaries(NAMES, st.text(max_size=10), max_size=4)), optimizer)


@hypothesis_settings(max_examples=examples(50), deadline=None)
@given(checkpoints())
def test_round_trip(checkpoint: Checkpoint) -> None:
    data = pack(checkpoint)
    found = unpack(data)
    assert list(found.weights) == list(checkpoint.weights)
    assert found.meta == checkpoint.meta
    assert set(found.masks) == set(checkpoint.masks)
    assert set(found.optimizer) == set(checkpoint.optimizer)
    for kind in ("weights", "masks", "optimizer"):
        for name, tensor in getattr(checkpoint, kind).items():
            other = getattr(found, kind)[name]
            assert other.dtype == tensor.dtype
            assert other.shape == tensor.shape
            assert torch.equal(other, tensor)
    assert pack(found) == data


def test_same_content_same_bytes_in_every_process() -> None:
    code = """
import torch
from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
weights = {f"layer{n}.weight": torch.full((3, 3), float(n)) for n in range(9)}
masks = {name: torch.ones(3, 3, dtype=torch.bool) for name in weights}
meta = {f"key{n}": str(n) for n in range(9)}
import hashlib
print(hashlib.sha256(pack(Checkpoint(weights, masks, meta))).hexdigest())
"""
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    weights = {f"layer{n}.weight": torch.full((3, 3), float(n)) for n in range(9)}
    masks = {name: torch.ones(3, 3, dtype=torch.bool) for name in weights}
    meta = {f"key{n}": str(n) for n in reversed(range(9))}
    assert there.decode().strip() == hashlib.sha256(pack(Checkpoint(weights, masks, meta))).hexdigest()


def test_memory_layout_does_not_matter() -> None:
    weight = torch.randn(4, 3, 2, 2)
    other = weight.contiguous(memory_format=torch.channels_last)
    assert pack(Checkpoint({"w": weight})) == pack(Checkpoint({"w": other}))


def test_a_masked_weight_takes_a_bit_and_what_is_kept() -> None:
    weight, mask = torch.zeros(1000, 80), torch.zeros(1000, 80, dtype=torch.bool)
    weight[:100] = 1.5
    mask[:100] = True
    packed = pack(Checkpoint({"w": weight}, {"w": mask}))
    assert len(packed) < 80_000 / 8 + 4 * 8_000 + 400
    assert 7 * len(packed) < len(pack(Checkpoint({"w": weight})))


def test_the_mask_is_what_was_kept_and_masked_weights_are_plus_zero() -> None:
    weight = torch.tensor([0.0, -0.0, 1.5, 0.0, -0.0])
    mask = torch.tensor([True, True, True, False, False])
    found = unpack(pack(Checkpoint({"w": weight}, {"w": mask})))
    assert torch.equal(found.masks["w"], mask), "a kept weight may be 0"
    assert torch.signbit(found.weights["w"]).tolist() == [False, True, False, False, False]


def test_a_dense_network_has_the_bytes_it_always_had() -> None:
    """Its artifacts keep their names: what was stored before this layout is found again."""
    data = pack(Checkpoint({"w": torch.ones(3)}, {}, {"a": "b"}))
    assert data == safetensors.torch.save({"w": torch.ones(3)}, {"prunesweep": '{"meta": {"a": "b"}, "order": ["w"]}'})


def test_a_checkpoint_of_the_release_before_still_loads() -> None:
    """The file was written by the code before packed weights; it is never written anew."""
    data = (Path(__file__).parent / "golden" / "dense_with_mask.safetensors").read_bytes()
    mask = torch.tensor([place % 3 == 0 or place == 10 for place in range(21)]).reshape(3, 7)
    weight = (torch.arange(-10, 11, dtype=torch.float32).reshape(3, 7) / 8).masked_fill(~mask, 0.0)
    found = unpack(data)
    assert torch.equal(found.weights["conv1.weight"], weight)
    assert torch.equal(found.masks["conv1.weight"], mask), "weight 10 is kept and 0"
    assert list(found.weights) == ["conv1.weight", "bn1.num_batches_tracked", "fc.bias"]
    assert found.meta == {"model": "resnet18"}
    again = unpack(pack(found))
    assert torch.equal(again.weights["conv1.weight"], weight)
    assert torch.equal(again.masks["conv1.weight"], mask)
    assert np.array_equal(read_weights(data)["conv1.weight"], weight.numpy())


@hypothesis_settings(max_examples=examples(30), deadline=None)
@given(checkpoints())
def test_without_torch_the_weights_are_the_same(checkpoint: Checkpoint) -> None:
    found = read_weights(pack(checkpoint))
    assert list(found) == list(checkpoint.weights)
    for name, tensor in checkpoint.weights.items():
        assert found[name].tobytes() == tensor.numpy().tobytes()
    with pytest.raises(StageError, match="not a checkpoint: "):
        read_weights(pack(checkpoint)[:-1])


@pytest.mark.parametrize(
    ("checkpoint", "words"),
    [
        (Checkpoint({"w": torch.zeros(2, dtype=torch.float16)}), "float16"),
        (Checkpoint({"w": torch.zeros(2)}, {"v": torch.ones(2, dtype=torch.bool)}), "v: a mask"),
        (Checkpoint({"w": torch.zeros(2)}, {"w": torch.ones(3, dtype=torch.bool)}), "w: a mask"),
        (Checkpoint({"w": torch.zeros(2)}, {"w": torch.ones(2)}), "w: a mask"),
        (Checkpoint({"w": torch.ones(2), "w.mask": torch.ones(1)}, {"w": torch.ones(2).bool()}), "w: another tensor"),
        (Checkpoint({"w.mask": torch.ones(1), "w": torch.ones(2)}, {"w": torch.ones(2).bool()}), "w: another tensor"),
        (Checkpoint({"w": torch.ones(2)}, {"w": torch.zeros(2, dtype=torch.bool)}), "a masked weight is not zero"),
    ],
)
def test_what_is_no_checkpoint_is_not_written(checkpoint: Checkpoint, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pack(checkpoint)


def _packed(shape: object, **tensors: torch.Tensor) -> bytes:
    header = {"meta": {}, "order": ["w"], "packed": {"w": shape}}
    named = {f"w.{name}": tensor for name, tensor in tensors.items()}
    return safetensors.torch.save(named, {"prunesweep": json.dumps(header)})


BITS, VALUES = torch.tensor([3], dtype=torch.uint8), torch.ones(2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_packed([5], mask=BITS, values=torch.ones(3)), "w: its mask keeps 2 weights, it has 3 values"),
        (_packed([9], mask=BITS, values=VALUES), "w: a mask has the wrong size"),
        (_packed([1], mask=BITS, values=VALUES), "w: a mask has bits after its last weight"),
        (_packed([1 << 50], mask=BITS, values=VALUES), "w: a mask has the wrong size"),
        (_packed([5], mask=BITS, values=VALUES.long()), "w: its values are int64"),
        (_packed([5], mask=BITS, values=VALUES.bfloat16()), ""),
        (_packed([5], mask=BITS), r"w: has no \.values tensor"),
        (_packed([5], values=VALUES), r"w: has no \.mask tensor"),
        (_packed("5", mask=BITS, values=VALUES), "is no shape"),
        (_packed(5, mask=BITS, values=VALUES), ""),
        (_packed([5], mask=BITS, values=VALUES, w=VALUES.clone()), "unexpected tensor"),
    ],
)
def test_damaged_packed_weights_are_one_clear_error(data: bytes, words: str) -> None:
    with pytest.raises(StageError, match=f"^not a checkpoint: .*{words}") as caught:
        unpack(data)
    assert "\n" not in str(caught.value)


GOOD = pack(Checkpoint({"w": torch.zeros(9)}, {"w": torch.ones(9, dtype=torch.bool)}, {"a": "b"}))


@hypothesis_settings(max_examples=examples(100), deadline=None)
@given(st.one_of(st.binary(max_size=200), st.integers(0, len(GOOD) - 1).map(lambda n: GOOD[:n])))
def test_bad_bytes_are_one_clear_error(data: bytes) -> None:
    with pytest.raises(StageError, match=r"^not a checkpoint: .+") as caught:
        unpack(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        safetensors.torch.save({"w": torch.zeros(2)}),
        safetensors.torch.save({"w": torch.zeros(2)}, {"format": "pt"}),
        safetensors.torch.save({"w": torch.zeros(2)}, {"prunesweep": "[]"}),
        safetensors.torch.save({"w": torch.zeros(2)}, {"prunesweep": '{"meta": {}, "order": []}'}),
        safetensors.torch.save({"w": torch.zeros(2)}, {"prunesweep": '{"meta": {}, "order": ["v"]}'}),
        safetensors.torch.save({"w": torch.zeros(2).half()}, {"prunesweep": '{"meta": {}, "order": ["w"]}'}),
        safetensors.torch.save(
            {"w": torch.zeros(9), "mask/w": torch.zeros(1, dtype=torch.uint8)},
            {"prunesweep": '{"meta": {}, "order": ["w"]}'},
        ),
    ],
)
def test_other_safetensors_files_are_no_checkpoints(data: bytes) -> None:
    with pytest.raises(StageError, match="not a checkpoint: "):
        unpack(data)
