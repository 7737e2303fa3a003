"""Finds the state_dict inside a training checkpoint, whatever it was saved under."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from prunesweep.core.errors import UserError
from prunesweep.core.importing.text import FIELD, SAVE, listed

Weights = dict[str, torch.Tensor]
Note = Callable[[str], None]


def unsaid(line: str) -> None:
    """Take a note and keep it to itself."""
    del line


AVERAGED = (
    "state_dict_ema",
    "model_ema",
    "ema_state_dict",
    "ema_model_state_dict",
    "model_ema_state_dict",
    "ema_model",
    "params_ema",
    "ema",
)
"""Keys of averaged weights, which the usual scripts report their accuracies of; taken before the others."""
PLAIN = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "net_state_dict",
    "network",
    "module",
    "weights",
    "model_weights",
    "params",
)
_DEEPEST = 8
_SPARSE_VALUES = 2**28
"""Values of sparse tensors in a file, as dense ones: 1 GiB. A few bytes could claim any number of them."""


def find_state_dict(path: Path, content: object, note: Note) -> Weights:
    """Return name → tensor of the network in a checkpoint, still under the file's own names and number formats.

    Goes down through `state_dict`, `model`, `ema` … in any nesting. Averaged weights are taken before plain ones. A
    single other key that holds tensors is taken, too. Everything taken or left is said by `note`.

    Raises:
        UserError: no state_dict, or several; names the keys.
    """
    for _ in range(_DEEPEST):
        if not isinstance(content, Mapping) or not content:
            raise UserError(FIELD, path, f"holds a {type(content).__name__}, not a state_dict; {SAVE}")
        key = _inner(path, content)
        if key is None:
            return _plain(path, content, note)
        left = [name for name in content if name != key]
        others = [name for name in left if name in PLAIN and key in AVERAGED]
        averaged = f" (averaged weights, EMA), not {listed(map(repr, others))}" if others else ""
        note(f"unwrapped {key!r}{averaged}")
        if rest := [name for name in left if name not in others]:
            note(f"ignored {listed(rest)}")
        content = content[key]
    raise UserError(FIELD, path, f"nests deeper than {_DEEPEST} levels; {SAVE}")


def _inner(path: Path, content: Mapping[object, object]) -> str | None:
    """Return the key that the network lies under; None when it lies here."""
    holders = [key for key, value in content.items() if isinstance(value, Mapping) and _holds_tensors(value)]
    for key in (*AVERAGED, *PLAIN):
        if key in holders:
            return key
    if any(isinstance(value, torch.Tensor) and value.dim() for value in content.values()):  # a score is no layer
        return None
    networks = [key for key in holders if isinstance(key, str) and not _is_training(key)]
    if len(networks) == 1:
        return networks[0]
    if networks:
        raise UserError(FIELD, path, f"holds several networks ({listed(map(repr, networks))}); save one of them alone")
    return None


def _is_training(key: str) -> bool:
    """Return whether a key is of what only a training needs."""
    return any(word in key.lower() for word in ("optim", "sched", "scaler", "loop", "callback", "rng", "hyper"))


def _holds_tensors(value: Mapping[object, object], depth: int = 0) -> bool:
    """Return whether there is a tensor under a name, here or deeper."""
    named = ((key, one) for key, one in value.items() if isinstance(key, str))
    return any(
        isinstance(one, torch.Tensor)
        or (isinstance(one, Mapping) and depth < _DEEPEST and _holds_tensors(one, depth + 1))
        for _, one in named
    )


def _plain(path: Path, content: Mapping[object, object], note: Note) -> Weights:
    """Return the tensors of a state_dict, dense; single numbers, words and modules' extra states beside them are left
    out."""
    tensors = [value for value in content.values() if isinstance(value, torch.Tensor)]
    if not tensors:
        raise UserError(FIELD, path, f"holds no tensor (its keys: {listed(content)}); {SAVE}")
    sparse = sum(value.numel() for value in tensors if value.layout != torch.strided)
    if sparse > _SPARSE_VALUES:
        raise UserError(FIELD, path, f"holds sparse tensors of {sparse:,} values; save them dense")
    weights: Weights = {}
    ignored = []
    for name, value in content.items():
        if _is_aside(name, value):
            ignored.append(name)
            continue
        if not isinstance(value, torch.Tensor) or not isinstance(name, str):
            what = f"key {str(name)!r} holds a {type(value).__name__}, not a tensor"
            raise UserError(FIELD, path, f"{what}: not a plain state_dict; {SAVE}")
        if value.device.type != "cpu" or value.is_complex() or value.is_quantized or _is_blown_up(value):
            raise UserError(FIELD, path, f"key {name!r} holds no plain real numbers; {SAVE}")
        weights[name] = value.detach().to_dense() if value.layout != torch.strided else value.detach()
    if ignored:
        note(f"ignored {listed(ignored)}")
    return weights


def _is_aside(name: object, value: object) -> bool:
    if isinstance(value, torch.Tensor):
        return str(name).endswith("_extra_state") or name == "n_averaged"
    scalar = value is None or isinstance(value, (str, int, float))
    return isinstance(name, str) and (scalar or name.endswith("_extra_state") or _is_training(name))


def _is_blown_up(tensor: torch.Tensor) -> bool:
    """Return True for a view that shows more values than are stored: to widen it would take memory that the file
    doesn't."""
    if tensor.layout != torch.strided:
        return False
    return tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes()
