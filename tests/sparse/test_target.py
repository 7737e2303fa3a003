"""Which instructions the engine's code is made of, by what the processor says that it has."""

import builtins
import io
from typing import Any

import numpy as np
import pytest

from prunesweep.core.sparse.codegen import target as target_module
from prunesweep.core.sparse.codegen.target import AVX2, AVX512, here, unsupported
from prunesweep.core.sparse.model.graph import INPUT, GlobalMean, Graph
from prunesweep.core.sparse.runtime.engine import Engine


def test_the_best_target_of_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    def flags(*names: str) -> None:
        monkeypatch.setattr(target_module, "_flags", lambda: frozenset(names))

    monkeypatch.setattr("sys.platform", "linux")
    flags("sse2", "fma", "avx2", "avx512f", "avx512vl")
    assert (here(), unsupported(), unsupported(AVX512), unsupported(AVX2)) == (AVX512, None, None, None)
    flags("sse2", "fma", "avx2", "avx512f")
    assert (here(), unsupported()) == (AVX2, None)
    assert unsupported(AVX512) == "the processor lacks avx512vl of AVX-512"
    flags("avx2")
    assert here() is None
    assert unsupported() == "the processor has neither AVX-512 nor AVX2 with FMA"
    graph = Graph((1, 2, 2), (GlobalMean("mean", INPUT),))
    with pytest.raises(ValueError, match="does not run here: the processor lacks fma of AVX2"):
        Engine(graph, dense=False, target=AVX2)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("processor\t: 0\nflags\t\t: fpu sse2 avx2 fma bmi2\nbugs\t: x\nflags\t\t: avx512f avx512vl\n", AVX2),
        ("processor\t: 0\nFeatures\t: fp asimd\n", None),
        ("", None),
    ],
)
def test_the_flags_are_what_linux_says_of_the_first_processor(
    monkeypatch: pytest.MonkeyPatch, content: str, wanted: object
) -> None:
    def opened(file: Any, *args: Any, **how: Any) -> Any:
        return io.StringIO(content) if file == "/proc/cpuinfo" else original(file, *args, **how)

    original = builtins.open
    monkeypatch.setattr(builtins, "open", opened)
    assert here() is wanted


def test_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert unsupported() == unsupported(AVX2) == "it is built for Linux, not win32"


def test_another_kind_of_processor_leaves_it_to_the_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ARM processor's /proc/cpuinfo has no flags, and some have names in common."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    monkeypatch.setattr(target_module, "_flags", frozenset)
    assert unsupported() == unsupported(AVX512) == "it is built for x86-64, not aarch64"
    graph = Graph((1, 2, 2), (GlobalMean("mean", INPUT),))
    images = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    network = Engine(graph)
    assert network(images).tolist() == [[1.5]]
    assert network.how.endswith(": it is built for x86-64, not aarch64")
    with pytest.raises(ValueError, match="does not run here: it is built for x86-64, not aarch64"):
        Engine(graph, dense=False)
