"""Every engine that this machine has computes what PyTorch computes."""

import importlib.util
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.extras import install
from prunesweep.core.measure.engines import registry as engines
from prunesweep.core.measure.engines import sparse_engine
from prunesweep.core.measure.engines.base import EngineAdapter, UnsupportedNetwork
from prunesweep.core.measure.engines.folding import folded
from prunesweep.core.measure.engines.registry import choose, missing, registry
from prunesweep.core.measure.engines.semi_structured import SparseConv, has_pattern, unfolded
from prunesweep.core.plan.engines import DEFAULT, ENGINES, is_baseline
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.patterns import Pattern
from prunesweep.core.pruning.allocation import by_pattern
from prunesweep.core.sparse.runtime import dense_runtimes
from prunesweep.core.training.models import build_model

CPU = torch.device("cpu")
TOLERANCE = {"fp32": 1e-4, "bf16": 0.05, "int8": 0.3}
"""Of the largest logit. int8's ranges come from random images."""


@pytest.fixture
def used() -> nn.Module:
    """A network whose batch-norms have seen something, so that folding them matters."""
    model = build_model(ModelRef("resnet18", 8, 10), seed=0)
    torch.manual_seed(0)  # int8 comes closer to some networks than to others
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(16, 3, 16, 16))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
    return model.eval()


def logits_of(engine: EngineAdapter, model: nn.Module, images: torch.Tensor) -> np.ndarray:
    with torch.no_grad():
        found = engine.prepare(model, images, 1)()()
    return found.float().numpy() if isinstance(found, torch.Tensor) else np.asarray(found)


def test_the_registry_and_the_plan_know_the_same_engines() -> None:
    assert set(registry()) == set(ENGINES)
    assert any(map(is_baseline, DEFAULT))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("name", [name for name, kind in ENGINES.items() if "cpu" in kind.devices])
def test_an_engine_computes_what_torch_computes(name: str, batch: int, used: nn.Module) -> None:
    reason = missing(name, CPU)
    if reason is not None:
        pytest.skip(reason)
    engine = registry()[name]
    images = torch.rand(batch, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    before = {key: value.clone() for key, value in used.state_dict().items()}
    wanted = used(images).detach().numpy()
    found = logits_of(engine, used, images)
    assert found.shape == wanted.shape == (batch, 10)
    assert np.abs(found - wanted).max() <= TOLERANCE[engine.dtype] * np.abs(wanted).max()
    assert all(torch.equal(value, before[key]) for key, value in used.state_dict().items())
    assert engine.version()[0].isdigit()


@pytest.mark.parametrize("name", ["resnet18", "resnet20", "vgg16-bn"])
def test_folding_leaves_no_batch_norm_and_the_same_function(name: str) -> None:
    model = build_model(ModelRef(name, 4, 10), seed=0).eval()
    images = torch.rand(2, 3, 32, 32)
    lean = folded(model)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in lean.modules())
    assert torch.allclose(lean(images), model(images), atol=1e-5)


def test_a_network_that_cannot_be_traced_runs_unfolded() -> None:
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(192, 4)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.inner(images.flatten(1)) if images.sum() > 0 else images.flatten(1)

    model = Branching()
    images = torch.rand(1, 3, 8, 8)
    assert torch.equal(folded(model)(images), model(images))


def test_what_cannot_be_used_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StageError, match="unknown latency engine 'warp'; known: torch, "):
        missing("warp", CPU)
    assert missing("torch-2:4", CPU) == "does not run on cpu"
    assert missing("sparse", torch.device("cuda")) == "does not run on cuda"
    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: real(name) if name == "pip" else None)
    assert missing("onnxruntime", CPU) == f"not installed: {install('bench')}"
    chosen, left_out = choose(("openvino", "onnxruntime"), CPU)
    assert [engine.name for engine in chosen] == ["torch"], "something dense and fp32 is always there"
    assert set(left_out) == {"openvino", "onnxruntime"}


def test_the_sparse_engine_takes_images_in_any_memory_format(used: nn.Module) -> None:
    if missing("sparse", CPU):
        pytest.skip(str(missing("sparse", CPU)))
    images = torch.rand(2, 3, 16, 16).contiguous(memory_format=torch.channels_last)
    make = registry()["sparse"].prepare(used, images, 2)
    with torch.no_grad():
        wanted = used(images).numpy()
    for _ in range(5):  # more than there are copies
        assert np.allclose(make()(), wanted, atol=1e-4 * np.abs(wanted).max())


def test_why_the_sparse_engine_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsupportedNetwork, match="3 channels"):
        registry()["sparse"].prepare(nn.Sequential(nn.Conv2d(3, 4, 3), nn.GELU()), torch.rand(1, 4, 16, 16), 1)
    monkeypatch.setattr(sparse_engine, "unsupported", lambda: "the processor has neither AVX-512 nor AVX2 with FMA")
    assert missing("sparse", CPU) == "the processor has neither AVX-512 nor AVX2 with FMA"


@pytest.mark.parametrize("variable", ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"])
def test_openvino_is_left_out_where_onednn_is_held_to_less(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its other kernels would not be, and attention would end the process."""
    pytest.importorskip("openvino")
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    for limit in ("AVX2", "avx2_vnni", "SSE41"):
        monkeypatch.setenv(variable, limit)
        assert "does not keep to" in (missing("openvino", CPU) or "")
        assert "does not keep to" in (missing("openvino-bf16", CPU) or "")
        assert dense_runtimes.openvino_run(Path("no.onnx")) is None
    for limit in ("AVX512_CORE", "DEFAULT", "avx10_1_512"):
        monkeypatch.setenv(variable, limit)
        assert missing("openvino", CPU) is None


def test_openvino_reports_to_nobody() -> None:
    """Its import alone would."""
    if missing("openvino", CPU):
        pytest.skip("openvino is not installed, or not to be used")
    program = (
        "import sys; from prunesweep.core.sparse.runtime.openvino import openvino; openvino();"
        "print([name for name in sys.modules if name.startswith('openvino_telemetry')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert ran.stdout.strip() == "[]"


def test_preparing_says_nothing(used: nn.Module, caplog: pytest.LogCaptureFixture) -> None:
    if missing("onnxruntime-int8", CPU):
        pytest.skip("onnxruntime is not installed")
    with caplog.at_level(logging.WARNING):
        registry()["onnxruntime-int8"].prepare(used, torch.rand(1, 3, 16, 16), 1)
    assert caplog.messages == []


def test_engines_are_looked_up_once() -> None:
    assert engines.registry() is engines.registry()


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (3, 2, 1), (1, 2, 0), (7, 2, 3)])
def test_an_unfolded_product_is_the_convolution(kernel: int, stride: int, padding: int) -> None:
    """What the GPU's 2:4 kernels multiply; they themselves need a GPU."""
    conv = nn.Conv2d(8, 16, kernel, stride, padding)
    images = torch.rand(2, 8, 9, 11)
    columns, batch, height, width = unfolded(images, conv.kernel_size, conv.stride, conv.padding)
    weight = conv.weight.permute(0, 2, 3, 1).flatten(1)
    product = nn.functional.linear(columns, weight, conv.bias).view(batch, height, width, -1).permute(0, 3, 1, 2)
    assert torch.allclose(product, conv(images), atol=1e-5)


def test_the_two_of_four_pattern_is_seen() -> None:
    assert has_pattern(torch.tensor([[1.0, 0, 0, 2, 0, 0, 0, 0]]))
    assert not has_pattern(torch.tensor([[1.0, 2, 3, 0, 0, 0, 0, 0]]))
    weights, seen = {"": torch.rand(64, 64, generator=torch.Generator().manual_seed(0))}, {}
    for pattern in (Pattern(2, 4), Pattern(1, 2), Pattern(1, 4), Pattern(4, 8), Pattern(3, 4)):
        seen[str(pattern)] = has_pattern(weights[""] * by_pattern(pattern, weights, {}, pattern.sparsity)[""])
    assert seen == {"2:4": True, "1:2": True, "1:4": True, "4:8": False, "3:4": False}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_every_engine_computes_what_torch_computes() -> None:
    device = torch.device("cuda")
    model = build_model(ModelRef("resnet18", 64, 10), seed=0).eval().to(device)
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d) and layer.in_channels % 4 == 0:
                layer.weight[:, 1::2] = 0
    images = torch.rand(2, 3, 32, 32, device=device)
    wanted = model(images).float()
    for name in ("torch", "torch-bf16", "torch-fp16", "torch-2:4"):
        with torch.inference_mode():
            found = registry()[name].prepare(model, images, 1)()()
        assert isinstance(found, torch.Tensor)
        assert float((found.float() - wanted).abs().max()) < 0.05 * float(wanted.abs().max()), name


def test_a_dense_network_does_not_suit_the_pattern(used: nn.Module) -> None:
    from prunesweep.core.measure.engines.semi_structured import halved

    with pytest.raises(UnsupportedNetwork, match="no layer has the 2:4 pattern"):
        halved(used)
    assert not any(isinstance(module, SparseConv) for module in used.modules())
