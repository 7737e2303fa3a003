"""Checkpoint files made to break their reader: one line, no code run, no large allocation."""

import json
import os
import pickle
import resource
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack, unpack
from prunesweep.core.artifacts.saved_state import SavedState, pack_state, unpack_state
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.importing.network import load_network
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.models import build_model
from prunesweep.core.training.training_state import TrainingState
from tests.orchestrator.conftest import Ran
from tests.support.jobs import answer_here

STAGE = "a" * 64


def _safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + data


def _tensor(start: int = 0, end: int = 4, shape: object = (1,), dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def _meta(text: str) -> dict[str, object]:
    return {"__metadata__": {"prunesweep": text}}


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "cut off": struct.pack("<Q", 2)[:5],
    "a header of 2^63 bytes": _safetensors(b"{}", length=2**63),
    "a header of 4 GB": _safetensors(b"{}", length=2**32),
    "a header of 99 MB that is not there": _safetensors(b"{}", length=99_000_000),
    "deep JSON": _safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "no object": _safetensors([1, 2]),
    "overlapping tensors": _safetensors({"a": _tensor(0, 4), "b": _tensor(2, 6)}, b"\0" * 6),
    "the same bytes twice": _safetensors({"a": _tensor(0, 4), "b": _tensor(0, 4)}, b"\0" * 4),
    "a hole": _safetensors({"a": _tensor(0, 4), "b": _tensor(8, 12)}, b"\0" * 12),
    "beyond the end": _safetensors({"a": _tensor(0, 1 << 40, (1 << 38,))}, b"\0" * 4),
    "backwards": _safetensors({"a": _tensor(4, 0)}, b"\0" * 4),
    "a negative shape": _safetensors({"a": _tensor(shape=[-1])}, b"\0" * 4),
    "a shape that overflows": _safetensors({"a": _tensor(shape=[1 << 62, 1 << 62])}, b"\0" * 4),
    "an empty tensor of many dimensions": _safetensors({"a": _tensor(0, 0, [0] * 10_000)}, b""),
    "an unknown type": _safetensors({"a": _tensor(dtype="OBJECT")}, b"\0" * 4),
    "a name twice": _safetensors(b'{"a":' + json.dumps(_tensor()).encode() + b',"a":{}}', b"\0" * 4),
    "no metadata": _safetensors({"a": _tensor()}, b"\0" * 4),
    "metadata that is no JSON": _safetensors({**_meta("{"), "a": _tensor()}, b"\0" * 4),
    "metadata that is deep": _safetensors({**_meta("[" * 100_000), "a": _tensor()}, b"\0" * 4),
    "metadata that is a list": _safetensors({**_meta("[]"), "a": _tensor()}, b"\0" * 4),
    "a huge number": _safetensors({**_meta('{"epoch":' + "9" * 10_000 + "}"), "a": _tensor()}, b"\0" * 4),
    "an order of unknown names": _safetensors({**_meta('{"order":["b"],"meta":{}}'), "a": _tensor()}, b"\0" * 4),
    "an order that is a number": _safetensors({**_meta('{"order":7,"meta":{}}'), "a": _tensor()}, b"\0" * 4),
    "meta that is a list": _safetensors({**_meta('{"order":["a"],"meta":[1]}'), "a": _tensor()}, b"\0" * 4),
    "another type": _safetensors({**_meta('{"order":["a"],"meta":{}}'), "a": _tensor(dtype="I32")}, b"\0" * 4),
    "masks too short": _safetensors(
        {
            **_meta('{"order":["a"],"meta":{},"stage":"' + STAGE + '","epoch":0,"step":0,"seen":0}'),
            "a": _tensor(0, 0, [1 << 40, 0]),
            "mask/a": _tensor(0, 1, [1], "U8"),
        },
        b"\0",
    ),
    "terminal escapes": _safetensors({"\x1b]0;owned\x07": _tensor(0, 4), "b": _tensor(2, 6)}, b"\0" * 6),
    "pickle": pickle.dumps({"a": 1}),
}


def _peak(act: Callable[[], object]) -> int:
    """Bytes that Python held at most during the call, beyond those before it."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HOSTILE)
def test_bytes_that_are_no_checkpoint(name: str) -> None:
    data = HOSTILE[name]

    def read() -> None:
        for reader in (unpack, lambda data: unpack_state(data, STAGE)):
            with pytest.raises(StageError) as caught:
                reader(data)
            assert str(caught.value).startswith("not a ")
            assert "\n" not in str(caught.value)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert _peak(read) < 20 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # in KiB


@pytest.fixture(scope="module")
def honest() -> dict[str, bytes]:
    weights = {"w": torch.tensor([[0.0, 2.0], [3.0, 0.0]])}
    masks = {"w": weights["w"] != 0}
    state = SavedState(TrainingState(1, 2, 3, {"model/w": weights["w"], "loss": torch.zeros(1)}), masks, 1.5)
    return {"checkpoint": pack(Checkpoint(weights, masks, {"a": "b"})), "state": pack_state(STAGE, state)}


@pytest.mark.parametrize("kind", ["checkpoint", "state"])
def test_every_honest_file_with_a_byte_changed_or_cut_off(honest: dict[str, bytes], kind: str) -> None:
    """Either it still reads (a weight has changed: the store's hash is there for that), or it is a StageError."""
    data = honest[kind]
    read: Callable[[bytes], Any] = unpack if kind == "checkpoint" else lambda changed: unpack_state(changed, STAGE)
    read(data)
    changed = [
        data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :] for place in range(len(data)) for bit in (1, 128)
    ]
    for hostile in [*changed, *(data[:place] for place in range(len(data)))]:
        try:
            read(hostile)
        except StageError as error:
            assert "\n" not in str(error)


class _Touch:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> object:
        return os.system, (f"touch {self._path}",)


def _weights() -> dict[str, torch.Tensor]:
    return dict(build_model(ModelRef("resnet18", 4, 10), seed=5).state_dict())


def _pickled(folder: Path, witness: Path) -> Path:
    file = folder / "evil.pt"
    torch.save({**_weights(), "conv1.weight": _Touch(witness)}, file)
    return file


def _in_a_zip(folder: Path, witness: Path) -> Path:
    """A pickle beside honest tensors, under names that torch's archives have, and one that leads out of it."""
    file = folder / "zipped.pt"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(_Touch(witness), protocol=2))
        archive.writestr("archive/version", "3")
        archive.writestr("archive/../../../outside", "x")
    return file


def _script(folder: Path, witness: Path) -> Path:
    """TorchScript: code instead of weights."""
    import warnings

    file = folder / "script.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(torch.nn.Linear(2, 2)).save(str(file))
    return file


def _bomb(folder: Path, witness: Path) -> Path:
    """Two bytes that claim to be a tensor of terabytes; to widen it to fp32 would take them."""
    file = folder / "bomb.pt"
    torch.save({**_weights(), "bn1.bias": torch.zeros(1, dtype=torch.half).expand(1 << 40)}, file)
    return file


def _sparse(folder: Path, witness: Path) -> Path:
    file = folder / "sparse.pt"
    huge = torch.sparse_coo_tensor([[0], [0]], [1.0], (1 << 20, 1 << 20), check_invariants=True)
    torch.save({**_weights(), "bn1.bias": huge}, file)
    return file


def _wide(folder: Path, witness: Path) -> Path:
    """Small tensors by which a network of 11 GB would be made."""
    file = folder / "wide.pt"
    torch.save({**_weights(), "conv1.weight": torch.zeros(1024, 3, 3, 3)}, file)
    return file


def _many_classes(folder: Path, witness: Path) -> Path:
    file = folder / "classes.pt"
    torch.save({**_weights(), "fc.weight": torch.zeros(1_000_000, 1)}, file)
    return file


def _zip_bomb(folder: Path, witness: Path) -> Path:
    file = folder / "compressed.pt"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 20_000_000)
        archive.writestr("archive/version", "3")
    return file


def _meta_device(folder: Path, witness: Path) -> Path:
    file = folder / "meta.pt"
    torch.save({**_weights(), "bn1.bias": torch.empty(4, device="meta")}, file)
    return file


def _complex(folder: Path, witness: Path) -> Path:
    file = folder / "complex.pt"
    torch.save({**_weights(), "bn1.bias": torch.zeros(4, dtype=torch.complex64)}, file)
    return file


def _strange_names(folder: Path, witness: Path) -> Path:
    file = folder / "names.pt"
    torch.save({"\x1b]0;owned\x07\n\x1b[31m": torch.zeros(1), "\n": [1]}, file)
    return file


def _long_header(folder: Path, witness: Path) -> Path:
    file = folder / "header.safetensors"
    file.write_bytes(HOSTILE["a header of 2^63 bytes"])
    return file


def _overlap(folder: Path, witness: Path) -> Path:
    file = folder / "overlap.safetensors"
    file.write_bytes(HOSTILE["terminal escapes"])
    return file


_FILES = (_pickled, _in_a_zip, _script, _bomb, _sparse, _wide, _many_classes, _zip_bomb, _meta_device, _complex)
_FILES += (_strange_names, _long_header, _overlap)


@pytest.mark.parametrize("make", _FILES)
def test_a_hostile_file_is_refused(tmp_path: Path, make: Callable[[Path, Path], Path]) -> None:
    witness = tmp_path / "executed"
    file = make(tmp_path, witness)

    def read() -> None:
        with pytest.raises(UserError) as caught:
            load_network(file, "resnet18")
        assert str(caught.value).isprintable()

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # in KiB
    assert not witness.exists()
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize("make", [_pickled, _strange_names])
def test_evaluate_refuses_it_in_one_line(
    sweep: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path, Path], Path]
) -> None:
    answer_here(monkeypatch)
    witness = tmp_path / "executed"
    file = make(tmp_path, witness)
    refused = sweep("evaluate", file, "--dataset", "digits", "--threads", "1")
    assert refused.code == 2 and refused.complaint.startswith(f"sweep: file '{file}': ")
    assert refused.complaint.isprintable()
    assert not witness.exists()
