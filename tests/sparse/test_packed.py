"""Packed networks as files: exact, self-contained, and refused in one line when damaged or crafted."""

import json
import struct
import subprocess
import sys
from dataclasses import fields, replace
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prunesweep
from prunesweep.core.errors import UncheckedFile, UserError
from prunesweep.core.sparse.model.files import BLANK, metadata_entry, sealed
from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node
from prunesweep.core.sparse.model.packed import read_packed, write_packed
from prunesweep.core.sparse.runtime.engine import Engine
from tests.sparse.nets import reference
from tests.support.examples import examples

META = {"class_names": ["ä", "b"], "input": {"mean": [0.5], "std": [0.25], "normalised": True}}

MOST_PIXELS = 1 << 13
"""Of an image that a crafted file is tried with: 300 × 17, say, but not 65535 × 2."""


def network(kept: float = 0.1, width: int = 32) -> Graph:
    """Every kind of node, each convolution with that share of its weights."""
    random = np.random.default_rng(0)

    def weight(*shape: int) -> np.ndarray:
        full = random.standard_normal(shape).astype(np.float32)
        return np.where(random.random(shape) < kept, full, np.float32(0))

    def bias(count: int) -> np.ndarray:
        return random.standard_normal(count).astype(np.float32)

    nodes: tuple[Node, ...] = (
        Conv("stem", INPUT, weight(width, 3, 3, 3), bias(width), (1, 1), (1, 1), relu=True),
        MaxPool("pool", "stem", (3, 2), (2, 2), (1, 0), ceil=True),
        Conv("block.0", "pool", weight(width, width, 1, 3), bias(width), (1, 1), (0, 1), relu=True, add="pool"),
        GlobalMean("mean", "block.0"),
        Linear("fc", "mean", weight(2, width), bias(2), relu=False),
    )
    return Graph((3, 9, 8), nodes)


def same(left: Graph, right: Graph) -> bool:
    def facts(graph: Graph) -> list[Any]:
        values = [(type(node), [getattr(node, field.name) for field in fields(node)]) for node in graph.nodes]
        return [(kind, [v.tobytes() if isinstance(v, np.ndarray) else v for v in row]) for kind, row in values]

    return left.image_shape == right.image_shape and facts(left) == facts(right)


def test_a_graph_comes_back_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "a.packed"
    graph = network()
    assert write_packed(graph, path, META) == path.stat().st_size
    found, meta = read_packed(path)
    assert same(found, graph)
    assert meta == META
    first = path.read_bytes()
    write_packed(found, path, meta)
    assert path.read_bytes() == first, "equal input makes equal bytes"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.packed"]


def test_what_does_not_get_smaller_stays_dense_and_readable(tmp_path: Path) -> None:
    write_packed(network(kept=1), tmp_path / "a.packed", {})
    assert set(safetensors.numpy.load_file(tmp_path / "a.packed")) == {
        f"{node}.{part}" for node in ("stem", "block.0", "fc") for part in ("weight", "bias")
    }
    assert same(read_packed(tmp_path / "a.packed")[0], network(kept=1))


def test_at_nine_tenths_a_file_is_a_seventh_and_half_precision_smaller_still(tmp_path: Path) -> None:
    graph = network(width=256)
    dense = sum(node.weight.nbytes + node.bias.nbytes for node in graph.nodes if isinstance(node, Conv | Linear))
    sizes = {values: write_packed(graph, tmp_path / values, {}, values) for values in ("fp32", "fp16")}
    assert dense > 7 * sizes["fp32"] > 7 * 1.5 * sizes["fp16"]
    found = read_packed(tmp_path / "fp16")[0]
    for node, exact in zip(found.nodes, graph.nodes, strict=True):
        if isinstance(node, Conv) and isinstance(exact, Conv):
            assert node.weight.dtype == np.float32
            assert np.allclose(node.weight, exact.weight, rtol=1e-3, atol=1e-6)
            assert np.array_equal(node.weight != 0, exact.weight != 0)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="values 'int8': known: fp32, fp16"):
        write_packed(network(), tmp_path / "a.packed", {}, "int8")
    graph = network()
    huge = replace(graph.nodes[0], weight=graph.nodes[0].weight * np.float32(1e9))
    with pytest.raises(UserError, match=r"stem\.weight: a weight is too large for fp16"):
        write_packed(replace(graph, nodes=(huge, *graph.nodes[1:])), tmp_path / "a.packed", {}, "fp16")
    with pytest.raises(UserError, match="its folder does not exist; make it first"):
        write_packed(graph, tmp_path / "none" / "a.packed", {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="is a folder; give a file"):
        write_packed(graph, tmp_path / "folder", {})
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def changed(tmp_path: Path, change: Any) -> Path:
    """The file of a network with header and tensors changed by `change(header, tensors)`."""
    path = tmp_path / "a.packed"
    write_packed(network(), path, META)
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["prunesweep-packed"])
    tensors = safetensors.numpy.load(data)
    change(header, tensors)
    return written(path, header, tensors)


def written(path: Path, header: dict[str, Any], tensors: dict[str, np.ndarray]) -> Path:
    """Whoever crafts a file can give it a checksum that holds."""
    if "checksum" in header:
        header["checksum"] = BLANK
    text = json.dumps(header, sort_keys=True)
    path.write_bytes(sealed(safetensors.numpy.save(tensors, {"prunesweep-packed": text})))
    return path


def put(place: str, value: Any, node: int = 0) -> Any:
    return lambda header, _: header["nodes"][node].__setitem__(place, value)


def tensor(name: str, make: Any) -> Any:
    return lambda _, tensors: tensors.__setitem__(name, make(tensors.get(name)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda header, _: header.__setitem__("format", 4), "format 4 of another release"),
        (lambda header, _: header.__setitem__("format", True), "format True of another release"),
        (lambda header, _: header.__setitem__("format", 1), "its header has checksum, "),
        (lambda header, _: header.pop("checksum"), "its header has format, "),
        (lambda header, _: header.__setitem__("image_shape", [3, 9]), r"image_shape is \[3, 9\]"),
        (lambda header, _: header.__setitem__("image_shape", [3, 9, 1 << 40]), "image_shape is"),
        (lambda header, _: header.__setitem__("image_shape", [4, 9, 8]), "has weights for 3 channels"),
        (lambda header, _: header.__setitem__("nodes", []), "a graph without nodes|unexpected tensor"),
        (lambda header, _: header["nodes"].pop(), "unexpected tensor"),
        (lambda header, _: header["nodes"].reverse(), "reads 'mean', which no earlier node makes"),
        (lambda header, _: header["nodes"].insert(1, header["nodes"][1]), "has no name, or another's"),
        (lambda header, _: header["packed"].__setitem__("stem.weight", [32, 3, 3, 2]), "a mask has the wrong size"),
        (lambda header, _: header["packed"].__setitem__("stem.weight", [864]), r"stem\.weight is float32 \[864\]"),
        (put("op", "attention"), "attention"),
        (put("stride", [0, 1]), r"stem: stride is \[0, 1\]"),
        (put("stride", [1.0, 1]), "stem: stride is"),
        (put("padding", [-1, 1]), "stem: padding is"),
        (put("padding", "same"), "stem: padding is"),
        (put("relu", 1), "stem: relu is 1"),
        (put("source", 7), "stem: source is 7"),
        (put("add", "stem", 2), "adds 'stem', which is"),
        (put("add", "block.0", 2), r"'block\.0' adds 'block\.0', which is None"),
        (put("source", "block.0", 2), r"'block\.0' reads 'block\.0', which no earlier node makes"),
        (put("source", "fc", 0), "'stem' reads 'fc', which no earlier node makes"),
        (put("groups", 2, 0), "stem: has "),
        (put("padding", [2, 0], 1), "'pool' has a padding of more than half its window"),
        (put("padding", [5, 5], 1), "'pool' has a padding of more than half its window"),
        (put("padding", [60000, 60000]), "'stem' reads more than"),
        (lambda header, _: header.__setitem__("image_shape", [3, 65535, 65535]), "'stem' reads more than"),
        (put("kernel", [99, 99], 1), "a window larger than its source"),
        (tensor("stem.weight.values", lambda old: old[:-1]), r"stem\.weight: its mask keeps"),
        (tensor("stem.weight.values", lambda old: old.astype(np.int32)), r"stem\.weight: its values are int32"),
        (tensor("stem.weight.values", lambda old: old * np.float32(np.nan)), r"stem\.weight .*not finite"),
        (tensor("stem.weight.mask", lambda old: old[:-1]), r"stem\.weight: a mask has the wrong size"),
        (tensor("stem.bias", lambda old: old[:-1]), r"stem\.bias has 31 values for 32 outputs"),
        (tensor("stem.bias", lambda old: old.astype(np.float64)), r"stem\.bias is float64"),
        (tensor("more", lambda _: np.ones(1)), "unexpected tensor 'more'"),
        (lambda _, tensors: tensors.pop("fc.bias"), r"fc\.bias"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, change: Any, words: str) -> None:
    path = changed(tmp_path, change)
    with pytest.raises(UserError, match=f"is not a packed network: .*{words}") as caught:
        read_packed(path)
    assert str(caught.value).startswith(f"file '{path}': ")
    assert str(caught.value).isprintable()
    with pytest.raises(UserError, match="is not a packed network"):
        prunesweep.load(path)


class Bytes(bytes):
    """A file that was never on a disk, as there are thousands."""

    def read_bytes(self) -> bytes:
        return bytes(self)

    def __str__(self) -> str:
        return "a file"


def test_every_flipped_bit_is_refused_and_so_is_a_file_cut_off_or_longer(tmp_path: Path) -> None:
    """Header, weights, biases, masks and the checksum itself."""
    path = tmp_path / "a.packed"
    write_packed(network(width=2), path, {"class_names": ["ä"]})
    data = path.read_bytes()
    flipped = (data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] for at in range(len(data)) for bit in range(8))
    for hostile in chain(flipped, (data[:at] for at in range(0, len(data), 7)), [data + b"\0", data + data]):
        with pytest.raises(UserError) as caught:
            read_packed(Bytes(hostile))
        assert caught.value.fix.startswith("is not a packed network: ")
    assert same(read_packed(path)[0], network(width=2))


def test_a_file_without_a_checksum_is_read_and_said(tmp_path: Path) -> None:
    """As releases before format 2 wrote it."""

    def older(header: dict[str, Any], _: object) -> None:
        header["format"] = 1
        del header["checksum"]

    path = changed(tmp_path, older)
    with pytest.warns(UncheckedFile, match="has no checksum; export it again") as warned:
        graph, meta = read_packed(path)
    assert len(warned) == 1
    assert same(graph, network())
    assert meta == META


@cache
def template() -> tuple[str, dict[str, np.ndarray]]:
    """The header, as JSON, and the tensors of a small network's file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.packed"
        write_packed(network(kept=1, width=4), path, {})
        data = path.read_bytes()
    return json.dumps(metadata_entry(data, "prunesweep-packed")), safetensors.numpy.load(data)


@st.composite
def crafted(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and tensors of a good file with some values replaced, as whoever knows the layout might."""
    text, tensors = template()
    header, tensors = json.loads(text), dict(tensors)
    names = ["images", "stem", "pool", "block.0", "mean", "mean.sum", "fc", "", "block.0.weight"]
    odd = st.one_of(st.sampled_from(names), st.sampled_from([0, 1, 2, 3, 5, 65535, 1 << 31, -1, 0.5, None, True, []]))
    sizes = st.lists(st.sampled_from([0, 1, 2, 3, 4, 7, 17, 300, 65535, 1 << 40]), min_size=2, max_size=3)
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(["shape", "node", "node", "node", "order", "name", "weight"]))
        nodes = header["nodes"]
        node = draw(st.sampled_from(nodes))
        if where == "shape":
            header["image_shape"] = [draw(st.sampled_from([3, 1, 65535])), *draw(sizes)[:2]]
        elif where == "node":
            node[draw(st.sampled_from(sorted(node)))] = draw(st.one_of(odd, sizes))
        elif where == "order":
            header["nodes"] = draw(st.permutations(nodes))
        elif where == "name":
            new, old = draw(st.sampled_from(names)), node["out"]
            tensors = {key.replace(f"{old}.", f"{new}."): array for key, array in tensors.items()}
            for each in nodes:
                each |= {key: new for key in ("out", "source", "add") if each.get(key) == old}
        else:
            name = draw(st.sampled_from(sorted(tensors)))
            shape = draw(st.sampled_from([(1,), (4,), (2, 2), (4, 4, 1, 1), (4, 4, 3, 3), (4, 3, 9, 1)]))
            tensors[name] = np.ones(shape, np.float32)
    return header, tensors


@settings(deadline=None, max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crafted())
def test_a_crafted_file_is_refused_or_runs_as_it_says(
    tmp_path: Path, file: tuple[dict[str, Any], dict[str, np.ndarray]]
) -> None:
    path = written(tmp_path / "crafted.packed", *file)
    try:
        graph, _ = read_packed(path)
        engine = Engine(graph, dense=False)
    except (UserError, ValueError) as error:
        assert isinstance(error, UserError) or "the sparse engine does not run here" in str(error)
        return
    if np.prod(graph.image_shape[1:]) > MOST_PIXELS:
        return  # it may well be run, for minutes
    images = np.random.default_rng(0).standard_normal((17, *graph.image_shape)).astype(np.float32)
    for batch in (images[:1], images):
        wanted = reference(graph, batch)
        assert np.abs(engine(batch) - wanted).max() <= 1e-5 * max(float(np.abs(wanted).max()), 1e-3)


def test_files_of_another_kind(tmp_path: Path) -> None:
    safetensors.numpy.save_file({"a": np.ones(2)}, tmp_path / "plain")
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").touch()
    for name in ("plain", "text", "empty"):
        with pytest.raises(UserError, match="is not a packed network: "):
            read_packed(tmp_path / name)
    for path in (tmp_path / "none", tmp_path, Path("a\0b")):
        with pytest.raises(UserError, match="cannot be read: "):
            read_packed(path)


_PROGRAM = """
import sys
sys.modules["torch"] = sys.modules["torchvision"] = None  # importing them fails
from pathlib import Path
from prunesweep.core.sparse.model.dead_channels import drop_dead_channels
from prunesweep.core.sparse.model.packed import read_packed, write_packed
graph, meta = read_packed(Path(sys.argv[1]))
write_packed(drop_dead_channels(graph)[0], Path(sys.argv[2]), meta)
ours = sorted(name for name in sys.modules if name.startswith("prunesweep.core."))
print(meta["class_names"][1], sorted({name.split(".")[2] for name in ours}))
"""


def test_it_runs_where_torch_is_missing(tmp_path: Path) -> None:
    write_packed(network(), tmp_path / "a.packed", META)
    command = [sys.executable, "-c", _PROGRAM, tmp_path / "a.packed", tmp_path / "b.packed"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (ran.stdout, ran.stderr) == ("b ['errors', 'io', 'sparse']\n", "")


def test_load_gives_a_network_to_call(tmp_path: Path) -> None:
    pytest.importorskip("prunesweep.core.sparse.runtime.engine")
    write_packed(network(), tmp_path / "a.packed", META)
    run = prunesweep.load(tmp_path / "a.packed", threads=1)
    found = run(np.random.default_rng(0).standard_normal((5, 3, 9, 8)).astype(np.float32))
    assert found.shape == (5, 2)
    assert found.dtype == np.float32
    assert run.input.names == ("ä", "b")
    assert run.input.mean is None, "one mean for three channels"
    assert run.input.shape == (3, 9, 8)
    for threads in (0, "2", 1.5):
        with pytest.raises(UserError, match=f"threads '{threads}': must be a whole number, at least 1"):
            prunesweep.load(tmp_path / "a.packed", threads=threads)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"prunesweep\.compile reads ONNX files"):
        prunesweep.load(tmp_path / "a.onnx")


def test_a_network_says_how_images_are_normalised(tmp_path: Path) -> None:
    mean, std = [0.5, 0.25, 0.125], [0.5, 0.25, 1.0]
    write_packed(network(), tmp_path / "a.packed", {"input": {"mean": mean, "std": std}})
    run = prunesweep.load(tmp_path / "a.packed")
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 9, 8), np.uint8)
    expected = (images / 255 - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    np.testing.assert_allclose(run.input.normalise(images), expected, rtol=1e-5, atol=1e-6)
    assert run.input.normalise(images).dtype == np.float32
    with pytest.raises(ValueError, match=r"uint8 array of shape \[B, 3, 9, 8\]"):
        run.input.normalise(images.astype(np.float32))
