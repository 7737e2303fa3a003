"""Packed weights: exact, small, and refused when damaged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from prunesweep.core.sparse.model.codec import from_bits, pack_weight, to_bits, unpack_weight
from tests.support.examples import examples

SHAPES = st.lists(st.integers(0, 7), max_size=4).map(tuple)
ANY_FLOAT = st.integers(0, 2**32 - 1)


@settings(max_examples=examples(100), deadline=None)
@given(st.data(), SHAPES)
def test_float32_comes_back_to_the_bit(data: st.DataObject, shape: tuple[int, ...]) -> None:
    """NaN, infinity, −0.0 and denormals too: what is kept is not looked at."""
    mask = data.draw(arrays.arrays(np.bool_, shape))
    weight = np.where(mask, data.draw(arrays.arrays(np.uint32, shape, elements=ANY_FLOAT)), 0)
    weight = np.asarray(weight, np.uint32).view(np.float32)
    packed = pack_weight("w", weight, mask)
    assert set(packed) == {"w.mask", "w.values"}
    assert len(packed["w.mask"]) == (weight.size + 7) // 8
    assert len(packed["w.values"]) == np.count_nonzero(mask), "a kept zero is kept"
    found, kept = unpack_weight("w", packed, shape)
    assert np.array_equal(found.view(np.uint32), weight.view(np.uint32))
    assert np.array_equal(kept, mask)


def test_the_order_of_bits_and_values_is_the_documented_one() -> None:
    weight = np.zeros((2, 5), np.float32)
    weight[0, 1], weight[1, 0], weight[1, 4] = 1, 2, 3
    packed = pack_weight("w", weight, weight != 0)
    assert packed["w.mask"].tolist() == [0b0010_0010, 0b10]
    assert packed["w.values"].tolist() == [1, 2, 3]


def test_masked_negative_zeros_become_zeros() -> None:
    weight = np.array([-0.0, 1.0], np.float32)
    found, _ = unpack_weight("w", pack_weight("w", weight, weight != 0), (2,))
    assert not np.signbit(found).any()


def test_without_a_mask_only_what_gets_smaller_is_packed() -> None:
    random = np.random.default_rng(0)
    dense = random.standard_normal((64, 64)).astype(np.float32)
    assert list(pack_weight("w", dense)) == ["w"]
    assert list(pack_weight("w", np.zeros(9, np.float32))) == ["w"]
    packed = pack_weight("w", np.where(random.random((64, 64)) < 0.5, dense, np.float32(0)))
    assert sum(array.nbytes for array in packed.values()) < 0.6 * dense.nbytes
    negative = np.full((64, 64), -0.0, np.float32)
    assert list(pack_weight("w", negative)) == ["w"], "−0.0 is a weight of its own"


def test_half_precision_keeps_the_mask_and_rounds_the_values() -> None:
    weight = np.array([0, 1 / 3, 0, 1e-12] * 99, np.float32)
    packed = pack_weight("w", weight, values="fp16")
    assert packed["w.values"].dtype == np.float16
    found, mask = unpack_weight("w", packed, weight.shape)
    assert found.dtype == np.float32
    assert np.array_equal(mask, weight != 0)
    assert np.allclose(found, weight, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(
    ("weight", "mask", "values", "words"),
    [
        (np.ones(3, np.float64), None, "fp32", "w: float64 cannot be packed as fp32"),
        (np.ones(3, np.float32), None, "int8", "w: float32 cannot be packed as int8"),
        (np.ones(3, np.float32), np.ones(2, bool), "fp32", "w: a mask must be bool"),
        (np.ones(3, np.float32), np.ones(3), "fp32", "w: a mask must be bool"),
        (np.ones(3, np.float32), np.zeros(3, bool), "fp32", "w: a masked weight is not zero"),
        (np.full(3, 1e6, np.float32), None, "fp16", "w: a weight is too large for fp16"),
    ],
)
def test_what_cannot_be_packed(weight: np.ndarray, mask: np.ndarray | None, values: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pack_weight("w", weight, mask, values)


GOOD = {"w.mask": to_bits(np.array([1, 0, 1, 1, 0, 0, 0, 0, 1, 0], bool)), "w.values": np.ones(4, np.float32)}


@pytest.mark.parametrize(
    ("change", "shape", "words"),
    [
        ({"w.values": np.ones(3, np.float32)}, [10], "w: its mask keeps 4 weights, it has 3 values"),
        ({"w.values": np.ones(4)}, [10], "w: its values are float64"),
        ({"w.values": np.ones(4, np.int32)}, [10], "w: its values are int32"),
        ({"w.values": np.ones((2, 2), np.float32)}, [10], "w: its values are float32 with 2"),
        ({"w.mask": np.ones(3, np.uint8)}, [10], "w: a mask has the wrong size"),
        ({"w.mask": np.ones(1, np.uint8)}, [10], "w: a mask has the wrong size"),
        ({"w.mask": np.ones(2, np.int8)}, [10], "w: a mask has the wrong size"),
        ({"w.mask": np.array([0b1101, 0b101], np.uint8)}, [10], "w: a mask has bits after its last weight"),
        ({}, [1 << 40], "w: a mask has the wrong size"),
        ({}, [-2, -5], r"w: \[-2, -5\] is no shape"),
        ({}, [10.0], "is no shape"),
        ({}, ["10"], "is no shape"),
        ({"w.mask": None}, [10], "w: has no .mask tensor"),
        ({"w.values": None}, [10], "w: has no .values tensor"),
    ],
)
def test_damaged_tensors_are_refused(change: dict[str, np.ndarray | None], shape: list[int], words: str) -> None:
    tensors = {name: array for name, array in {**GOOD, **change}.items() if array is not None}
    with pytest.raises(ValueError, match=words):
        unpack_weight("w", tensors, shape)


def test_bits_of_every_length() -> None:
    for count in range(20):
        mask = np.random.default_rng(count).random(count) < 0.5
        assert np.array_equal(from_bits(to_bits(mask), (count,)), mask)
