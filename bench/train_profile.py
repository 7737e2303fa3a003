"""Where a training step spends its time on this CPU, and how far its convolutions are from what the processor can do.

For the training step of ours and for the usual loop (both as in `train.py`): seconds an image by kind of kernel, from
torch's profiler (self time of its operators, all threads together run one operator at a time), and the rate of the
convolutions beside that of a large matrix product of the same number format in the same run. `bound` is what the ratio
of the two loops would be if everything but the convolutions of ours took no time, and these ran at the product's rate.
Run: python bench/train_profile.py [--width 64] [--threads 2]; as on a processor with AVX2 alone:
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2 python bench/train_profile.py
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

import torch
from torch.profiler import ProfilerActivity, profile
from train import USUAL, loops_of

from prunesweep.core.measure.flops import macs as count_macs
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.models import build_model

KINDS: Mapping[str, tuple[str, ...]] = {
    "convolutions": ("convolution", "conv2d"),
    "batch-norm": ("batch_norm",),
    "linear": ("addmm", "aten::mm", "linear"),
    "pools": ("pool",),
    "optimizer and masks": ("_foreach", "_fused", "sgd", "aten::mul_", "aten::addcmul", "aten::add_"),
    "ReLU": ("relu", "threshold", "clamp"),
    "copies and layouts": ("copy_", "contiguous", "aten::to", "reorder"),
}
"""Kind → what the names of its operators contain; the first that fits counts."""
SIDE = 2048
FORWARD_AND_BACKWARD = 3
"""Products of a training step for each of inference: forward, by the images, by the weights."""


def profiled(run: Callable[[], None], images: int) -> dict[str, float]:
    """Return seconds an image by kind."""
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        run()
    found: dict[str, float] = defaultdict(float)
    for event in seen.key_averages():
        kind = next((kind for kind, parts in KINDS.items() if any(part in event.key for part in parts)), "the rest")
        found[kind] += event.self_cpu_time_total / 1e6 / images
    return dict(found)


def product_rate(dtype: torch.dtype) -> float:
    """Return multiply-adds a second of a large matrix product: the best of some."""
    left, right = torch.randn(SIDE, SIDE).to(dtype), torch.randn(SIDE, SIDE).to(dtype)
    times = []
    for _ in range(8):
        started = time.perf_counter()
        torch.mm(left, right)
        times.append(time.perf_counter() - started)
    return float(SIDE**3 / min(times))


def main() -> None:
    """Print the tables and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("width", 64), ("threads", torch.get_num_threads()), ("images", 512), ("batch", 256)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    loops = loops_of(options.images, options.width, options.batch, options.threads, compiled=False)
    walls: dict[str, float] = {}
    parts: dict[str, dict[str, float]] = {}
    for name, run in loops.items():
        run()
        times = []
        for _ in range(3):
            started = time.perf_counter()
            run()
            times.append((time.perf_counter() - started) / options.images)
        walls[name], parts[name] = statistics.median(times), profiled(run, options.images)
    macs = (
        FORWARD_AND_BACKWARD
        * count_macs(build_model(ModelRef("resnet18", options.width, 10), 0), (3, 32, 32)).macs_dense
    )
    bf16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    rates = {"fp32": product_rate(torch.float32)} | ({"bf16": product_rate(torch.bfloat16)} if bf16 else {})
    _report(walls, parts, rates, macs)


def _report(
    walls: Mapping[str, float], parts: Mapping[str, Mapping[str, float]], rates: Mapping[str, float], macs: float
) -> None:
    print(f"{'ms an image':22}" + "".join(f"{name[:11]:>12}" for name in parts))
    for kind in (*KINDS, "the rest"):
        print(f"{kind:22}" + "".join(f"{seen.get(kind, 0.0) * 1e3:12.2f}" for seen in parts.values()))
    print(f"{'wall':22}" + "".join(f"{wall * 1e3:12.2f}" for wall in walls.values()))
    for name, seen in parts.items():
        print(f"convolutions of {name}: {macs / seen['convolutions'] / 1e9:.0f} GMAC/s")
    print("large matrix product: " + ", ".join(f"{rate / 1e9:.0f} GMAC/s in {name}" for name, rate in rates.items()))
    bound = walls[USUAL] / (macs / max(rates.values()))
    print(f"ratio of the loops {walls[USUAL] / walls['prunesweep']:.2f}, bound {bound:.2f}")
    metrics = {"walls": walls, "parts": parts, "rates": rates, "macs": macs, "bound": bound}
    print(json.dumps({"bench": "train_profile", "metrics": metrics}))


if __name__ == "__main__":
    main()
