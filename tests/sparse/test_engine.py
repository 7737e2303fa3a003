"""The engine against torch in double precision."""

import gc
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.sparse.codegen.target import AVX2, Target
from prunesweep.core.sparse.model.graph import INPUT, Conv, Graph, MaxPool, Node
from prunesweep.core.sparse.runtime import dense_runtimes
from prunesweep.core.sparse.runtime import engine as engine_module
from prunesweep.core.sparse.runtime.dense_runtimes import Run, dense_runs
from prunesweep.core.sparse.runtime.engine import Engine
from tests.sparse.nets import assert_close, conv, headed, need_dense, reference, resnet, uncapped
from tests.support.examples import examples

DENSE = "(onnxruntime|OpenVINO)( or (onnxruntime|OpenVINO))?"
quiet = settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@cache
def narrow(target: Target, threads: int = 1) -> Engine:
    """An engine of width 4 that many tests may call: what it runs is written once."""
    return Engine(resnet(0.3, width=4), threads, dense=False, target=target)


@st.composite
def small_nets(draw: st.DrawFn) -> Graph:
    """Convolutions of any window, a pool perhaps, a residual sum perhaps; odd sizes, few and many channels."""
    random = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    size = (draw(st.integers(3, 19)), draw(st.integers(3, 19)))
    channels = draw(st.integers(1, 4))
    nodes: list[Node] = []
    shape, source, width = (channels, *size), INPUT, channels
    for number in range(draw(st.integers(1, 3))):
        kernel = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
        outputs = draw(st.sampled_from([1, 2, 7, 30, 31, 61]))
        node = conv(
            random,
            f"conv{number}",
            source,
            (outputs, width, *kernel),
            draw(st.sampled_from([0.0, 0.05, 0.5, 1.0])),
            stride=(draw(st.integers(1, 2)), draw(st.integers(1, 2))),
            padding=(draw(st.integers(0, kernel[0] - 1)), draw(st.integers(0, kernel[1] - 1))),
            relu=draw(st.booleans()),
        )
        height = (size[0] + 2 * node.padding[0] - kernel[0]) // node.stride[0] + 1
        across = (size[1] + 2 * node.padding[1] - kernel[1]) // node.stride[1] + 1
        if min(height, across) < 1:
            break
        size, source, width = (height, across), node.out, outputs
        nodes.append(node)
    if not nodes:
        nodes = [conv(random, "only", INPUT, (3, channels, 1, 1), padding=(0, 0))]
        source, width = "only", 3
    if min(size) >= 2 and draw(st.booleans()):
        nodes.append(MaxPool("pool", source, (2, 2), (2, 2), (draw(st.integers(0, 1)),) * 2, draw(st.booleans())))
        source = "pool"
    elif draw(st.booleans()):
        nodes.append(conv(random, "sum", source, (width, width, 3, 3), add=source, relu=draw(st.booleans())))
        source = "sum"
    return headed(random, shape, nodes, width)


@quiet
@given(small_nets(), st.integers(1, 40), st.integers(1, 2), st.booleans())
def test_any_small_net_agrees_with_torch(target: Target, graph: Graph, batch: int, threads: int, grouped: bool) -> None:
    assert_close(graph, [1, batch], target, threads, grouped=grouped)


@pytest.mark.parametrize("size", [(1, 16), (5, 32), (7, 48), (17, 16)])
@pytest.mark.parametrize(("kernel", "across"), [((3, 3), 1), ((3, 3), 2), ((1, 1), 1), ((5, 3), 2), ((2, 1), 1)])
def test_rows_of_whole_vectors(target: Target, size: tuple[int, int], kernel: tuple[int, int], across: int) -> None:
    """Such maps are gathered once for all rows of a window."""
    random = np.random.default_rng(0)
    padding = (kernel[0] // 2, kernel[1] // 2)
    first = conv(random, "first", INPUT, (33, 3, *kernel), 0.4, stride=(1, across), padding=padding)
    rows = size[0] + 2 * padding[0] - kernel[0] + 1
    nodes: list[Node] = [first, conv(random, "second", "first", (9, 33, 3, 3), 0.2)]
    if rows < 1:
        pytest.skip("no output")
    assert_close(headed(random, (3, size[0], size[1] * across), nodes, 9), [1, 2], target, grouped=False)


@pytest.mark.parametrize(
    ("density", "side", "threads", "width"), [(0.1, 16, 2, 4), (0.6, 14, 1, 4), (0.3, 17, 3, 4), (0.02, 9, 1, 16)]
)
def test_residual_networks(target: Target, density: float, side: int, threads: int, width: int) -> None:
    """65 images: more than are run at once, and no whole group of any target."""
    assert_close(resnet(density, side, width), [1, 2, 17, 65], target, threads)


def test_few_groups_run_one_by_one_where_that_is_faster(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    sparse = Engine(resnet(0.3, width=4), dense=False, target=target)._sparse
    calls = {"_many": 0, "_one": 0}

    def counted(name: str, run: Run, images: np.ndarray) -> np.ndarray:
        calls[name] += 1
        return run(images)

    vars(sparse).update({name: partial(counted, name, getattr(sparse, name)) for name in calls})
    monkeypatch.setattr(engine_module, "_seconds", lambda run, images: 9.0 if len(images) > 1 else 1.0)
    images = np.zeros((2 * target.lanes, 3, 16, 16), np.float32)
    sparse(images[: target.lanes])
    assert calls == ({"_many": 0, "_one": 8} if target is AVX2 else {"_many": 1, "_one": 0}), "a group is as 9 images"
    assert len(sparse(images)) == len(images)
    assert calls["_many"] == (1 if target is AVX2 else 2), "two take as long, and hold 16"


def test_a_single_image_may_have_one_thread_of_several(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = resnet(0.3, width=4)
    image = np.random.default_rng(0).standard_normal((1, 3, 16, 16)).astype(np.float32)
    for faster in (1, 2):
        seconds = {faster: 1.0}
        monkeypatch.setattr(engine_module, "_seconds", lambda run, _, took=seconds: took.get(run.threads, 2.0))
        engine = Engine(graph, 2, dense=False, target=target)
        assert np.abs(engine(image) - reference(graph, image)).max() < 1e-5 * np.abs(reference(graph, image)).max()
        assert engine._sparse._one.threads == faster


@pytest.mark.parametrize("density", [0.0, 1.0])
def test_all_zero_and_all_dense(target: Target, density: float) -> None:
    assert_close(resnet(density, width=4), [1, 20], target)


def test_empty_channels(target: Target) -> None:
    graph = resnet(0.3, width=8)
    for node in graph.nodes:
        if isinstance(node, Conv):
            node.weight[::3] = 0.0
            node.weight[:, 1::2] = 0.0
    assert_close(graph, [1, 33], target)


def test_negative_values_before_a_pool(target: Target) -> None:
    random = np.random.default_rng(0)
    stem = conv(random, "stem", INPUT, (8, 3, 3, 3), relu=False)
    low = replace(stem, bias=stem.bias - 100.0)
    graph = headed(random, (3, 9, 9), [low, MaxPool("pool", "stem", (3, 3), (2, 2), (1, 1), True)], 8)
    assert_close(graph, [1, 16], target)


def test_what_one_batch_held_does_not_leak_into_the_next(target: Target) -> None:
    engine = narrow(target)
    random = np.random.default_rng(3)
    first, second = (random.standard_normal((batch, 3, 16, 16)).astype(np.float32) for batch in (64, 19))
    alone = engine(second)
    engine(np.full_like(first, 1e30))
    assert np.array_equal(engine(second), alone)


def test_equal_input_gives_equal_bits_whatever_the_batch(target: Target) -> None:
    engine = narrow(target)
    images = np.random.default_rng(0).standard_normal((4 * target.sure, 3, 16, 16)).astype(np.float32)
    assert np.array_equal(engine(images)[: target.sure], engine(images[: target.sure]))


def test_calls_from_several_threads_do_not_disturb_each_other(target: Target) -> None:
    engine = narrow(target, 2)
    random = np.random.default_rng(0)
    batches = [random.standard_normal((1 + 8 * number, 3, 16, 16)).astype(np.float32) for number in range(4)]
    wanted = [engine(images) for images in batches]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            for found, right in zip(pool.map(engine, batches), wanted, strict=True):
                assert np.array_equal(found, right)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((1, 3, 16, 15), np.float32),
        np.zeros((3, 16, 16), np.float32),
        np.zeros((1, 3, 16, 16), np.float64),
        np.zeros((1, 1, 3, 16, 16), np.float32),
        [[0.0]],
    ],
)
def test_other_shapes_and_types_are_refused(target: Target, images: np.ndarray) -> None:
    engine = narrow(target)
    with pytest.raises(ValueError, match=r"images must be a float32 array of shape \[B, 3, 16, 16\]"):
        engine(images)


def test_no_images_give_no_rows(target: Target) -> None:
    engine = narrow(target)
    assert engine(np.zeros((0, 3, 16, 16), np.float32)).shape == (0, 5)


def test_images_in_any_memory_layout(target: Target) -> None:
    engine = narrow(target)
    images = np.random.default_rng(0).standard_normal((20, 16, 16, 3)).astype(np.float32).transpose(0, 3, 1, 2)
    assert np.array_equal(engine(images), engine(np.ascontiguousarray(images)))
    assert np.array_equal(engine(images[:1]), engine(np.ascontiguousarray(images[:1])))


def test_helpers_end_with_their_engine(target: Target) -> None:
    before = set(threading.enumerate())
    engine = uncapped(resnet(0.3, width=4), 3, target)
    helpers = [thread for thread in threading.enumerate() if thread not in before]
    assert len(helpers) == 2
    del engine
    gc.collect()
    for helper in helpers:
        helper.join(timeout=300)
    assert not any(helper.is_alive() for helper in helpers)


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_must_be_at_least_one(threads: int) -> None:
    with pytest.raises(ValueError, match=f"threads {threads}: at least 1"):
        Engine(resnet(0.3, width=4), threads)


def test_no_more_threads_than_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(engine_module, "dense_runs", lambda graph, threads, only: made.append(threads) or {})
    for asked in (1, usable_cpus(), 1000):
        assert Engine(resnet(0.3, width=4), asked).threads == made[-1] == min(asked, usable_cpus())


@quiet
@given(small_nets(), st.data(), st.sampled_from([np.nan, np.inf, -np.inf]), st.booleans())
def test_a_nan_comes_out_where_torch_gives_one(
    target: Target, graph: Graph, data: st.DataObject, number: float, grouped: bool
) -> None:
    batch, random = data.draw(st.integers(1, 20)), np.random.default_rng(0)
    images = random.standard_normal((batch, *graph.image_shape)).astype(np.float32)
    place = tuple(data.draw(st.integers(0, size - 1)) for size in images.shape)
    clean = reference(graph, images)
    images[place] = np.nan
    wanted = np.isnan(reference(graph, images))
    images[place] = number
    engine = Engine(graph, dense=False, target=target)
    vars(engine._sparse).update(_pays=lambda _: grouped, _few=2)
    found = engine(images)
    assert np.array_equal(np.isnan(found), wanted)
    assert np.allclose(found[~wanted], clean[~wanted], atol=1e-4 * np.abs(clean).max())


def test_all_that_take_over_give_nan_as_well() -> None:
    pytest.importorskip("onnxruntime")
    graph = resnet(0.3, width=4)
    images = np.zeros((3, 3, 16, 16), np.float32)
    images[1, 0, 15, 15] = np.nan
    for run in dense_runs(graph, 1).values():
        engine = Engine(graph)
        engine._chosen.update(dict.fromkeys((True, False), run))
        assert np.isnan(engine(images)).all(axis=1).tolist() == [False, True, False]
        assert np.isfinite(engine(images[::2])).all()


def test_a_graph_that_does_not_fit_names_the_node() -> None:
    graph = resnet(0.3, width=4)
    broken = Graph(graph.image_shape, (graph.nodes[0], replace(graph.nodes[2], source="nowhere"), *graph.nodes[3:]))
    with pytest.raises(ValueError, match=r"'block0\.a' reads 'nowhere'"):
        Engine(broken)


def test_who_refuses_a_network_says_so_and_the_others_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> Run:
        raise RuntimeError("node 3: unknown operator\nand a stack")

    monkeypatch.setattr(dense_runtimes, "_compiled", refuses)
    with pytest.warns(RuntimeWarning, match=r"^OpenVINO cannot run this network: node 3: unknown operator$"):
        assert set(dense_runs(resnet(0.3, width=4), 1)) == {"onnxruntime"}


def test_another_processor_falls_back_to_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(engine_module, "unsupported", lambda _: "the processor is another")
    graph = resnet(0.3, width=4)
    engine = Engine(graph)
    images = np.random.default_rng(0).standard_normal((3, 3, 16, 16)).astype(np.float32)
    assert np.abs(engine(images) - reference(graph, images)).max() < 1e-5 * np.abs(reference(graph, images)).max()
    assert re.fullmatch(f"dense by {DENSE}: the processor is another", engine.how)
    with pytest.raises(ValueError, match="does not run here: the processor is another"):
        Engine(graph, dense=False)


def test_both_ways_agree_and_one_is_chosen(target: Target) -> None:
    pytest.importorskip("onnxruntime")
    graph = resnet(1.0, width=4)
    engine = Engine(graph, target=target)
    images = np.random.default_rng(0).standard_normal((20, 3, 16, 16)).astype(np.float32)
    assert np.abs(engine(images) - reference(graph, images)).max() < 1e-5 * np.abs(reference(graph, images)).max()
    words = engine.how
    assert re.fullmatch(rf"sparse \({target.name}\).*|dense by {DENSE}: too few weights are zero", words)


@pytest.mark.parametrize("name", ["onnxruntime", "OpenVINO"])
def test_each_dense_run_agrees_for_any_batch(name: str) -> None:
    need_dense(name)
    graph = resnet(0.5, width=4)
    run = dense_runs(graph, 1)[name]
    for batch in (1, 5, 1):
        images = np.random.default_rng(batch).standard_normal((batch, 16, 16, 3)).astype(np.float32)
        images = images.transpose(0, 3, 1, 2)
        assert np.abs(run(images) - reference(graph, images)).max() < 1e-5 * np.abs(reference(graph, images)).max()


def test_the_fastest_of_all_runs_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    def zeros(images: np.ndarray) -> np.ndarray:
        return np.zeros((len(images), 5), np.float32)

    runs = {"onnxruntime": zeros, "OpenVINO": lambda images: zeros(images) + 1}
    monkeypatch.setattr(engine_module, "dense_runs", lambda *_: runs)
    images = np.zeros((1, 3, 16, 16), np.float32)
    for faster, value in (("onnxruntime", 0.0), ("OpenVINO", 1.0)):
        monkeypatch.setattr(engine_module, "_seconds", lambda run, _, fast=runs[faster]: 1.0 if run is fast else 2.0)
        engine = Engine(resnet(0.3, width=4))
        assert (engine(images) == value).all()
        assert engine.how == f"dense by {faster}: too few weights are zero"
