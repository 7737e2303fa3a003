"""Checkpoints as bytes."""

import hashlib
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.artifacts.checkpoint import Checkpoint, pack, unpack
from core.errors import StageError

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
    return Checkpoint(weights, masks, draw(st.dictionaries(NAMES, st.text(max_size=10), max_size=4)))


@hypothesis_settings(max_examples=100, deadline=None)
@given(checkpoints())
def test_round_trip(checkpoint: Checkpoint) -> None:
    data = pack(checkpoint)
    found = unpack(data)
    assert list(found.weights) == list(checkpoint.weights)
    assert found.meta == checkpoint.meta
    assert set(found.masks) == set(checkpoint.masks)
    for kind in ("weights", "masks"):
        for name, tensor in getattr(checkpoint, kind).items():
            other = getattr(found, kind)[name]
            assert other.dtype == tensor.dtype
            assert other.shape == tensor.shape
            assert torch.equal(other, tensor)
    assert pack(found) == data


def test_same_content_same_bytes_in_every_process() -> None:
    code = """
import torch
from core.artifacts.checkpoint import Checkpoint, pack
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


def test_masks_take_one_bit_a_weight() -> None:
    weight = torch.zeros(1000, 80)
    with_mask = pack(Checkpoint({"w": weight}, {"w": torch.zeros(1000, 80, dtype=torch.bool)}))
    assert len(with_mask) - len(pack(Checkpoint({"w": weight}))) < 80_000 / 8 + 200


@pytest.mark.parametrize(
    ("checkpoint", "words"),
    [
        (Checkpoint({"w": torch.zeros(2, dtype=torch.float16)}), "float16"),
        (Checkpoint({"w": torch.zeros(2)}, {"v": torch.ones(2, dtype=torch.bool)}), "v: a mask"),
        (Checkpoint({"w": torch.zeros(2)}, {"w": torch.ones(3, dtype=torch.bool)}), "w: a mask"),
        (Checkpoint({"w": torch.zeros(2)}, {"w": torch.ones(2)}), "w: a mask"),
        (Checkpoint({"w": torch.ones(2)}, {"w": torch.zeros(2, dtype=torch.bool)}), "a masked weight is not zero"),
    ],
)
def test_what_is_no_checkpoint_is_not_written(checkpoint: Checkpoint, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pack(checkpoint)


GOOD = pack(Checkpoint({"w": torch.zeros(9)}, {"w": torch.ones(9, dtype=torch.bool)}, {"a": "b"}))


@hypothesis_settings(max_examples=200, deadline=None)
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
