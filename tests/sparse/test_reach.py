"""Networks beyond plain convolutions: random graphs of every node, and the blocks that people prune, against torch."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

import prunesweep
from prunesweep.core.errors import UserError
from prunesweep.core.measure.any_graph import any_graph_of, exported
from prunesweep.core.measure.engines.support import Support, support_of
from prunesweep.core.measure.torch_reference import run_graph
from prunesweep.core.sparse.model.files import metadata_entry
from prunesweep.core.sparse.model.graph import (
    INPUT,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Graph,
    Linear,
    MaxPool,
    Node,
    Scale,
)
from prunesweep.core.sparse.model.packed import read_packed, write_packed
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.runtime import hybrid
from prunesweep.core.sparse.runtime.dense_runtimes import Run, dense_runs
from prunesweep.core.sparse.runtime.engine import HYBRID, Engine
from prunesweep.core.sparse.runtime.onnx_writer import onnx_bytes
from tests.support.examples import examples

pytest.importorskip("onnxruntime")
BOUND = 1e-5
"""Largest difference from torch in float64, relative to the largest output."""


def weights(random: np.random.Generator, *shape: int) -> np.ndarray:
    """A third of them kept."""
    return np.where(random.random(shape) < 0.35, random.standard_normal(shape), 0).astype(np.float32)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A few nodes of any kind over small maps, then a head."""
    random = np.random.default_rng(draw(st.integers(0, 1 << 16)))
    shape = (4, draw(st.integers(6, 9)), draw(st.integers(6, 9)))
    nodes: list[Node] = [Conv("stem", INPUT, weights(random, 8, 4, 3, 3), weights(random, 8), (1, 1), (1, 1), False)]
    maps = ["stem"]
    for number in range(draw(st.integers(1, 5))):
        source = draw(st.sampled_from(maps))
        channels, height, _ = map_shapes(Graph(shape, tuple(nodes)))[source]
        same = [name for name in maps if map_shapes(Graph(shape, tuple(nodes)))[name][1] == height]
        out = f"n{number}"
        kind = draw(st.sampled_from(["grouped", "dilated", "scale", "relu", "average", "max", "add", "concat"]))
        node: Node = Scale(out, source, weights(random, channels) + 1, weights(random, channels))
        if kind == "grouped":
            groups = draw(st.sampled_from([2, 4, channels]))
            weight = weights(random, channels, channels // groups, 3, 3)
            node = Conv(out, source, weight, weights(random, channels), (1, 1), (1, 1), True, groups=groups)
        elif kind == "dilated":
            weight = weights(random, 8, channels, 3, 2)
            node = Conv(out, source, weight, weights(random, 8), (1, 1), (2, 1), False, dilation=(2, 2))
        elif kind == "relu":
            node = Activation(out, source, draw(st.sampled_from(["relu", "relu6", "hardsigmoid"])))
        elif kind == "average":
            node = AvgPool(out, source, (3, 3), (1, 1), (1, 1), count_padding=True)
        elif kind == "max":
            node = MaxPool(out, source, (3, 3), (1, 1), (1, 1), ceil=False)
        elif kind == "add":
            twins = [n for n in maps if map_shapes(Graph(shape, tuple(nodes)))[n] == (channels, height, shape[2])]
            node = Add(out, source, draw(st.sampled_from(twins or [source]))) if twins else node
        elif kind == "concat":
            joined = [n for n in same if map_shapes(Graph(shape, tuple(nodes)))[n][2] == shape[2]]
            joined = joined if source in joined else [source]
            node = Concat(out, (source, draw(st.sampled_from(joined))))
        nodes.append(node)
        maps.append(out)
    channels, height, width = map_shapes(Graph(shape, tuple(nodes)))[maps[-1]]
    flat = draw(st.booleans())
    nodes.append(Flatten("flat", maps[-1]) if flat else GlobalMean("flat", maps[-1]))
    nodes.append(Linear("fc", "flat", weights(random, 3, channels * height * width if flat else channels),
                        weights(random, 3), relu=False))  # fmt: skip
    return Graph(shape, tuple(nodes))


def close(found: np.ndarray, wanted: np.ndarray) -> None:
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= BOUND * max(1.0, float(np.abs(wanted).max()))


@settings(deadline=None, max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs(), st.integers(1, 2), st.integers(2, 20))
def test_any_small_graph_agrees_with_torch_through_its_file(
    tmp_path: Path, graph: Graph, threads: int, batch: int
) -> None:
    write_packed(graph, tmp_path / "a.packed", {})
    engine = Engine(read_packed(tmp_path / "a.packed")[0], threads, dense=False)
    images = np.random.default_rng(0).standard_normal((batch, *graph.image_shape)).astype(np.float32)
    wanted = run_graph(graph, torch.from_numpy(images).double()).numpy()
    for some in (1, batch):
        close(engine(images[:some]), wanted[:some])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_relu6_is_exact_and_hardsigmoid_within_its_last_bit(scale: float) -> None:
    images = (np.random.default_rng(0).standard_normal((20, 4, 3, 3)) * scale).astype(np.float32)
    for kind, bound in (("relu6", 0.0), ("hardsigmoid", 2.0**-23)):
        graph = Graph((4, 3, 3), (Activation("a", INPUT, kind),))
        wanted = run_graph(graph, torch.from_numpy(images).double()).numpy()
        engine = Engine(graph, dense=False)
        for batch in (1, 20):
            assert np.abs(engine(images[:batch]) - wanted[:batch]).max() <= bound


def test_a_file_has_format_3_only_where_it_needs_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for groups, form in ((1, 2), (2, 3)):
        conv = Conv("a", INPUT, weights(random, 4, 4 // groups, 1, 1), weights(random, 4), (1, 1), (0, 0), True,
                    groups=groups)  # fmt: skip
        write_packed(Graph((4, 3, 3), (conv, GlobalMean("mean", "a"))), tmp_path / "a", {})
        header = metadata_entry((tmp_path / "a").read_bytes(), "prunesweep-packed")
        assert header["format"] == form
        assert ("groups" in header["nodes"][0]) == ("opset" in header) == (groups == 2)


def test_a_file_of_format_3_opens_and_computes_what_it_did() -> None:
    """Written when the format was new: a later release must read it."""
    graph, meta = read_packed(Path(__file__).parent / "golden" / "format3.packed")
    assert [type(node).__name__ for node in graph.nodes] == meta["kinds"]
    images = np.linspace(-1, 1, 3 * 9 * 8, dtype=np.float32).reshape(1, 3, 9, 8)
    close(Engine(graph)(images), np.array(meta["outputs"]))


class Block(nn.Module):
    """A stem, a block, and a head of its channels."""

    def __init__(self, block: nn.Module, channels: int = 8) -> None:
        super().__init__()
        self.stem, self.block, self.fc = nn.Conv2d(3, 8, 3, padding=1), block, nn.Linear(channels, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        made = self.block(self.stem(images))
        return self.fc(made.mean(dim=(2, 3)) if made.dim() == 4 else made.mean(dim=1))


class Excited(nn.Module):
    """Squeeze-and-excitation, with an activation of choice."""

    def __init__(self, act: nn.Module) -> None:
        super().__init__()
        self.conv, self.norm, self.act = nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8), act
        self.down, self.up = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        made = self.act(self.norm(self.conv(values)))
        gate = self.up(F.relu(self.down(F.adaptive_avg_pool2d(made, 1))))
        return values + made * torch.sigmoid(gate)


class Shuffled(nn.Module):
    def forward(self, values: torch.Tensor) -> torch.Tensor:
        left, right = values.chunk(2, dim=1)
        made = torch.cat((left, F.relu(right)), dim=1)
        batch, channels, height, width = made.shape
        return made.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)


class Dense(nn.Module):
    """Batch-norm before the convolution, and a concatenation."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(torch.cat((values, self.conv(F.relu(self.norm(values)))), 1), 2)


class Tokens(nn.Module):
    """A block of a ViT with a class token."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.norm, self.attention = nn.LayerNorm(8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        rows = torch.cat((self.token.expand(values.shape[0], -1, -1), values.flatten(2).transpose(1, 2)), 1)
        normed = self.norm(rows)
        rows = rows + self.attention(normed, normed, normed, need_weights=False)[0]
        return rows + self.mlp(rows)


def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    blocks = {
        "grouped": nn.Sequential(nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2), nn.BatchNorm2d(8), nn.ReLU6()),
        "pooled": nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.AvgPool2d((3, 2), ceil_mode=True, count_include_pad=False),
        ),
        "dense": Dense(),
        "mobile": Excited(nn.Hardswish()),
        "efficient": Excited(nn.SiLU()),
        "shuffle": Shuffled(),
        "vit": Tokens(),
    }
    model = Block(blocks[name], 12 if name == "dense" else 8)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.5)
            nn.init.normal_(module.bias)
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.data *= torch.rand_like(module.weight) < 0.3
    return model.eval()


KINDS = {"grouped": "engine", "pooled": "engine", "dense": "engine", "mobile": HYBRID, "efficient": HYBRID,
         "shuffle": HYBRID, "vit": HYBRID}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_blocks_of_known_networks(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By torch, by a file of ONNX, and through a packed file; every part in the engine's own code."""
    monkeypatch.setattr(hybrid, "_FEWEST_ZEROS", 0.0)
    monkeypatch.setattr(hybrid.Hybrid, "_faster", lambda *_: True)
    model = network(name)
    assert support_of(model, (3, 9, 8)).kind == KINDS[name]
    (tmp_path / "a.onnx").write_bytes(exported(model, (3, 9, 8)))
    write_packed(any_graph_of(model, (3, 9, 8)), tmp_path / "a.packed", {})
    graph = read_packed(tmp_path / "a.packed")[0]
    own = KINDS[name] == "engine"
    engine = Engine(graph, dense=not own, code="own" if own else HYBRID)
    assert engine.code(1) == ("own" if own else HYBRID)
    images = torch.randn(20, 3, 9, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model.double()(images.double()).numpy()
    compiled = prunesweep.compile(tmp_path / "a.onnx")
    for batch in (1, 2, 5, 20):
        close(engine(images[:batch].numpy()), wanted[:batch])
        close(compiled(images[:batch].numpy()), wanted[:batch])
    if not own:
        assert "parts sparse, the rest by onnxruntime: " in engine.how


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_a_scripted_part_is_refused_in_a_line() -> None:
    scripted = torch.jit.script(nn.BatchNorm2d(3))  # type: ignore[no-untyped-call]
    with pytest.raises(ValueError, match=r"not supported; as ONNX: "):
        any_graph_of(nn.Sequential(scripted, nn.Flatten(), nn.Linear(12, 5)).eval(), (3, 2, 2))


def test_a_library_finds_its_gelu_in_what_it_is_given(tmp_path: Path) -> None:
    """Five operations by themselves took 1.4 times as long as the one that onnxruntime makes of them."""
    graph = any_graph_of(nn.Sequential(nn.Conv2d(3, 8, 3), nn.GELU(), nn.Flatten(), nn.Linear(288, 5)), (3, 8, 8))
    written, kept = onnx_bytes(graph), tmp_path / "optimised.onnx"
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(kept), 3
    onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(kept).graph.node]
    assert "Gelu" in kinds
    assert "Erf" not in kinds


def test_one_image_alone_gives_what_it_gives_in_a_batch() -> None:
    """onnxruntime has a session of its own for it."""
    graph = any_graph_of(Shuffled().eval(), (4, 8, 8))
    run = dense_runs(graph, 1, "onnxruntime")["onnxruntime"]
    images = np.random.default_rng(0).standard_normal((3, 4, 8, 8), np.float32)
    batch = run(images)
    for number in range(3):
        np.testing.assert_allclose(run(images[number : number + 1])[0], batch[number], rtol=1e-5, atol=1e-6)


def test_only_parts_that_measured_faster_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code of two speeds, neither near onnxruntime's: each part is decided by its own times."""
    graph = any_graph_of(network("mobile"), (3, 9, 8))
    monkeypatch.setattr(hybrid, "_FEWEST_ZEROS", 0.0)
    parts = hybrid.parts_of(graph)
    assert len(parts) > 1
    chosen = parts[-1].out

    def make(part: Graph) -> Run:
        shape = map_shapes(part)[part.nodes[-1].out]
        result = np.zeros((1, *shape), np.float32)
        slow = threading.Event()  # never set: waiting for it takes the time given

        def run(images: np.ndarray) -> np.ndarray:
            del images
            if part.nodes[-1].out != chosen:
                slow.wait(0.05)
            return result

        return run

    assert [part.out for part in hybrid.Hybrid(graph, 1, make).parts] == [chosen]


def test_why_it_is_not_run_by_parts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = any_graph_of(network("mobile"), (3, 9, 8))
    assert "no part of the network has enough zeros" in Engine(dense_copy(graph)).how

    def broken(*_: object) -> None:
        raise TypeError("no such thing")

    monkeypatch.setattr(hybrid.Hybrid, "_faster", broken)
    monkeypatch.setattr(hybrid, "_FEWEST_ZEROS", 0.0)
    with pytest.warns(RuntimeWarning, match="cannot run it by parts: no such thing"):
        assert "; no such thing" in Engine(graph).how
    with pytest.warns(RuntimeWarning), pytest.raises(ValueError, match="no such thing"):
        Engine(graph, code=HYBRID)


def dense_copy(graph: Graph) -> Graph:
    """The graph without zeros."""
    nodes = (replace(n, weight=n.weight + np.float32(0.1)) if isinstance(n, Conv | Linear) else n for n in graph.nodes)
    return replace(graph, nodes=tuple(nodes))


def test_what_the_engine_cannot_run_is_known_by_name() -> None:
    reason = support_of(network("efficient"), (3, 9, 8)).reason
    assert "has no code for Sigmoid" in reason or "has no code for Mul" in reason
    assert support_of(network("grouped"), (3, 9, 8)) == Support("engine", "")

    class Untraceable(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("no\nway")

    class Choosing(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return images.mean((2, 3)) if images.mean() > 0.1 else images.amax((2, 3))

    assert "its forward decides by the images' values" in support_of(Choosing(), (3, 9, 8)).reason
    found = support_of(Untraceable(), (3, 9, 8))
    assert found.kind == "none"
    assert "\n" not in found.reason


def test_files_that_are_refused_say_why(tmp_path: Path) -> None:
    import onnx

    path = tmp_path / "a.onnx"
    with pytest.raises(UserError, match="cannot be read"):
        prunesweep.compile(path)
    path.write_bytes(b"hello")
    with pytest.raises(UserError, match="is no ONNX file"):
        prunesweep.compile(path)
    path.write_bytes(exported(network("grouped"), (3, 9, 8), batch=2))
    with pytest.raises(UserError, match="batches of 2 only; export it with a dynamic batch axis"):
        prunesweep.compile(path)
    (tmp_path / "in").mkdir()
    model = onnx.load_from_string(exported(network("grouped"), (3, 9, 8)))
    where = tmp_path / "in" / "a.onnx"
    onnx.save(model, where, save_as_external_data=True, location="w.bin", size_threshold=0)
    images = np.zeros((2, 3, 9, 8), np.float32)
    assert prunesweep.compile(where)(images).shape == (2, 5)
    (tmp_path / "in" / "w.bin").rename(tmp_path / "w.bin")
    proto = onnx.load(where, load_external_data=False)
    for tensor in proto.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "../w.bin"
    where.write_bytes(proto.SerializeToString())
    with pytest.raises(UserError, match="cannot be run"):
        prunesweep.compile(where)


def test_a_file_that_is_no_graph_runs_in_onnxruntime_and_says_why(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["b", 1, 4, 4]) for name in ("x", "y")]
    nodes = [
        helper.make_node("TopK", ["x", "k"], ["y", "places"], axis=-1),
    ]
    four = helper.make_tensor("k", TensorProto.INT64, [1], [4])
    model = helper.make_model(
        helper.make_graph(nodes, "g", values[:1], values[1:], [four]),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
    )  # fmt: skip
    helper.set_model_props(model, {"class_names": json.dumps(["a"])})
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    network = prunesweep.compile(tmp_path / "a.onnx")
    assert network.input.names == ("a",)
    assert "TopK with more than one result is not read" in network.how
    images = np.random.default_rng(0).standard_normal((2, 1, 4, 4)).astype(np.float32)
    assert np.array_equal(network(images), -np.sort(-images, axis=-1))
