"""Every layout that training scripts save, with every combination of prefixes, comes to the same tensors."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import torch

from prunesweep.core.errors import UserError
from prunesweep.core.importing.network import read_weights
from prunesweep.core.importing.read import FileContent
from prunesweep.core.importing.unwrap import AVERAGED, PLAIN

FILE = Path("theirs.pt")
NETWORK = {
    "conv1.weight": torch.arange(8.0).reshape(2, 1, 2, 2),
    "bn1.weight": torch.tensor([1.0, 2.0]),
    "bn1.bias": torch.tensor([0.5, -1.0]),
    "bn1.running_mean": torch.zeros(2),
    "bn1.running_var": torch.ones(2),
    "bn1.num_batches_tracked": torch.tensor(7),
    "fc.weight": torch.tensor([[1.0, -2.0], [0.0, 4.0]]),
}
EXPECTED = frozenset(NETWORK)
TRAINING = {
    "epoch": 3,
    "best_acc1": torch.tensor(93.1),
    "optimizer": {"state": {0: {"momentum_buffer": torch.ones(2)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    "lr_scheduler": {"last_epoch": 3},
    "args": {"lr": 0.1, "arch": "resnet18"},
}
PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "net.")
Weights = dict[str, torch.Tensor]


def read(value: object, expected: frozenset[str] = EXPECTED) -> tuple[Weights, Mapping[str, torch.Tensor], str]:
    found = read_weights(FILE, FileContent(value), "mine", expected)
    return found.weights, found.masks, "\n".join(found.notes)


def refused(value: object) -> str:
    with pytest.raises(UserError) as caught:
        read(value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def layouts(inner: Mapping[str, torch.Tensor]) -> Iterator[object]:
    yield inner
    for key in (*AVERAGED, *PLAIN):
        yield {key: inner, **TRAINING}
    yield {"model": {"state_dict": inner, "step": 1}, "ema": None}
    yield {"ema": {"decay": 0.99, "shadow": inner}, "model": {f"other.{name}": one for name, one in inner.items()}}
    yield {"state_dict": {"net": {"weights": inner}}}
    yield {"generator_of_mine": inner, **TRAINING}
    yield {**inner, "epoch": 4, "arch": "resnet18", "layer._extra_state": torch.zeros(1), "n_averaged": torch.tensor(9)}


def test_every_layout_with_every_prefix_gives_the_same_tensors() -> None:
    chains = ["".join(chain) for count in range(4) for chain in itertools.permutations(PREFIXES, count)]
    for place, prefix in enumerate(chains):
        inner = {prefix + name: tensor for name, tensor in NETWORK.items()}
        # All layouts with the first prefixes, and one in turn with the long ones.
        made = list(layouts(inner))
        for value in made if place < 26 else [made[place % len(made)]]:
            weights, masks, _ = read(value)
            assert weights.keys() == EXPECTED and not masks
            assert all(torch.equal(weights[name], tensor) for name, tensor in NETWORK.items())


def test_wrappers_inside_of_names_and_tensors_beside_the_network() -> None:
    inside = {name.replace("bn1.", "bn1._orig_mod.module."): one for name, one in NETWORK.items()}
    lightning = {f"model.{name}": one for name, one in inside.items()}
    weights, _, notes = read({"state_dict": {**lightning, "loss.weight": torch.ones(3)}, "callbacks": {}})
    assert weights.keys() == EXPECTED
    assert "took module. and _orig_mod. out of names" in notes
    assert "took the prefix 'model.' off" in notes
    assert "ignored loss.weight: outside 'model.'" in notes


def test_averaged_weights_are_chosen_and_said() -> None:
    other = {name: one + 1 for name, one in NETWORK.items()}
    weights, _, notes = read({"state_dict": other, "state_dict_ema": NETWORK, "epoch": 1})
    assert torch.equal(weights["fc.weight"], NETWORK["fc.weight"])
    assert "unwrapped 'state_dict_ema' (averaged weights, EMA), not 'state_dict'" in notes
    assert "ignored epoch" in notes
    side_by_side = {f"model.{name}": one for name, one in other.items()}
    side_by_side |= {f"ema_model.module.{name}": one for name, one in NETWORK.items()}
    weights, _, notes = read({"state_dict": side_by_side})
    assert torch.equal(weights["fc.weight"], NETWORK["fc.weight"])
    assert "took the averaged weights (EMA) under 'ema_model.'" in notes


def test_two_networks_are_never_guessed_between() -> None:
    both = {f"{who}.{name}": one for who in ("student", "teacher") for name, one in NETWORK.items()}
    assert "holds several networks (student., teacher.); save one of them alone" in refused(both)
    assert "holds several networks ('a', 'b'); save one" in refused({"a": NETWORK, "b": NETWORK})
    twice = {**NETWORK, "module.fc.weight": NETWORK["fc.weight"]}
    assert "holds fc.weight twice, as fc.weight and as module.fc.weight; save one network alone" in refused(twice)


def test_half_precision_missing_counters_and_masks() -> None:
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        cast = {name: one.to(dtype) for name, one in NETWORK.items() if one.is_floating_point()}
        weights, _, notes = read({f"module.{name}": one for name, one in cast.items()})
        assert {one.dtype for name, one in weights.items() if "tracked" not in name} == {torch.float32}
        assert weights["bn1.num_batches_tracked"].dtype == torch.int64 and not weights["bn1.num_batches_tracked"]
        assert f"cast 6 tensors from {str(dtype).removeprefix('torch.')} to float32" in notes
        assert "added num_batches_tracked = 0 to 1 batch-norm layers" in notes
    mask = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    for orig, masked in (
        ("fc.weight_orig", "fc.weight_mask"),
        ("fc.parametrizations.weight.original", "fc.parametrizations.weight.0.mask"),
    ):
        pruned = {name: one for name, one in NETWORK.items() if name != "fc.weight"}
        pruned |= {orig: NETWORK["fc.weight"], masked: mask}
        weights, masks, notes = read({"model": {f"module.{name}": one for name, one in pruned.items()}})
        assert torch.equal(weights["fc.weight"], NETWORK["fc.weight"] * mask)
        # A kept weight that happens to be 0 stays kept.
        assert torch.equal(masks["fc.weight"], mask.bool()) and masks["fc.weight"][1, 0]
        assert "multiplied 1 weights with their masks, which are kept" in notes


def test_notes_hold_nothing_that_a_terminal_obeys() -> None:
    strange = "epoch\x1b[2J\n\u202efake"
    _, _, notes = read({"state_dict": {f"{strange}.{name}": one for name, one in NETWORK.items()}, strange: 1})
    assert all(line.isprintable() for line in notes.split("\n")) and "ignored epoch" in notes


def test_what_is_no_network_names_the_keys() -> None:
    assert "holds no tensor (its keys: epoch, args); save it with torch.save(model" in refused(
        {"epoch": 1, "args": {"lr": 0.1}}
    )
    assert "nests deeper than 8 levels" in refused(_nested(9))
    assert "key '7' holds a list, not a tensor" in refused({"w": torch.ones(1), 7: [1]})


def _nested(depth: int) -> object:
    value: object = NETWORK
    for _ in range(depth):
        value = {"model": value}
    return value
