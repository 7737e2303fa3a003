"""Which networks run in the sparse engine, how far from torch in float64, and how fast? Writes docs/engine-networks.md.

Each network has random weights of which a random 90 % are zero, 10 classes, and small images. Three passes in training
mode settle its batch-norm statistics; without them, values shrink layer by layer until none is a normal float32. Each
runs in a process of its own, which may fail or take too long without ending the others. `--results` keeps what was
measured, so that a run can be continued and the page written again.
Run: python bench/reach.py [--only NAME,...] [--results FILE] [--page FILE] [--seconds 300]
"""

import argparse
import json
import multiprocessing
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from prunesweep.core.io import write_whole
from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.measure.engines.support import graph_support
from prunesweep.core.measure.latency import compete
from prunesweep.core.measure.machine import processor_name
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.engine import OWN, Engine
from prunesweep.core.sparse.runtime.hybrid import Hybrid
from prunesweep.core.training.vision import import_torchvision

KEPT = 0.1
CLASSES = 10
SETTLING, SETTLED_BY = 3, 16
ENGINES = ("torch", "onnxruntime", "openvino", "sparse")
TORCHVISION = {
    "mobilenet_v2": 64, "mobilenet_v3_small": 64, "mobilenet_v3_large": 64, "shufflenet_v2_x0_5": 64,
    "squeezenet1_1": 64, "mnasnet0_5": 64, "efficientnet_b0": 64, "regnet_x_400mf": 32, "regnet_y_400mf": 32,
    "googlenet": 32, "resnet18": 32, "densenet121": 32, "inception_v3": 96, "resnext50_32x4d": 32,
}  # fmt: skip
"""Name → side of the images in pixels."""
TIMM = {
    "mobilenetv3_small_050": 64, "mobilenetv2_050": 64, "lcnet_050": 64, "tinynet_e": 64, "ghostnet_050": 64,
    "resnet10t": 64, "test_resnet": 64, "test_vit": 160, "test_efficientnet": 64, "test_convnext": 64,
    "test_nfnet": 64, "test_byobnet": 64, "seresnet18": 32, "repvgg_a0": 32, "edgenext_xx_small": 64,
    "convnext_atto": 32, "vit_tiny_patch16_224": 64, "mixer_s32_224": 64, "ese_vovnet19b_dw": 32, "dla46_c": 64,
    "rexnet_100": 64, "hardcorenas_a": 64, "efficientnet_lite0": 64,
}  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """One network.

    Attributes:
        kind, reason: as `Support`.
        parts: how many the engine runs, for a hybrid.
        error: largest difference from torch in float64, relative to the largest output, with every part in the
            engine's own code; torch_error: the same of torch in float32.
        code: what measured fastest for one image.
        best: the fastest dense fp32 engine; ratio, low, high: its time over ours with a 99 % interval of the median.
        disturbed: two copies of the best dense engine differed.
        failed: why nothing of this is known.
    """

    name: str
    side: int
    kind: str = "none"
    reason: str = ""
    parts: int = 0
    error: float | None = None
    torch_error: float | None = None
    code: str = ""
    best: str = ""
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    disturbed: bool = False
    failed: str = ""


def built(name: str, side: int) -> nn.Module:
    """Return the network in evaluation mode, pruned and settled."""
    library, _, short = name.partition(":")
    torch.manual_seed(0)
    zoo = import_torchvision()
    if library == "torchvision":
        more = {"aux_logits": False, "init_weights": True} if short in ("googlenet", "inception_v3") else {}
        model: nn.Module = getattr(zoo.models, short)(num_classes=CLASSES, **more)
    else:
        import timm

        sized = {"img_size": side} if "vit_tiny" in short or "mixer" in short else {}
        model = timm.create_model(short, num_classes=CLASSES, **sized)
    with torch.no_grad():
        for _, weight in prunable(model):
            if not weight.any():  # some begin with a classifier of zeros
                nn.init.normal_(weight, std=0.02)
            weight.mul_(torch.rand(weight.shape) < KEPT)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None  # the plain mean of all passes
        model.train()
        for _ in range(SETTLING):
            model(torch.randn(SETTLED_BY, 3, side, side))
    return model.eval()


def reach(name: str, side: int, timed: bool) -> Reached:
    """Return what is known of a network: whether it is right, and if `timed`, how fast."""
    model = built(name, side)
    try:
        graph = any_graph_of(model, (3, side, side))
    except ValueError as refusal:
        return Reached(name, side, reason=str(refusal))
    support = graph_support(graph)
    parts, error, torch_error = _errors(graph, model, support.kind, side)
    right = Reached(name, side, support.kind, support.reason, parts, error, torch_error)
    if not timed:
        return right
    race = compete(model, model, (3, side, side), 1, 1, torch.device("cpu"), ENGINES)
    ours, best = race.pruned(), race.dense()
    return replace(
        right, code=ours.code, best=best.engine, ratio=ours.ratio, low=ours.ratio_low, high=ours.ratio_high,
        rounds=race.rounds, disturbed=race.disturbed,
    )  # fmt: skip


@torch.no_grad()
def _errors(graph: Graph, model: nn.Module, kind: str, side: int) -> tuple[int, float, float]:
    """Return the number of parts, and how far ours and torch's float32 are from float64, for 1 and for 20 images."""
    images = torch.randn(20, 3, side, side, generator=torch.Generator().manual_seed(1))
    single = model(images).double().numpy()
    wanted = model.double()(images.double()).numpy()
    model.float()
    run: Any
    parts = 0
    if kind == "engine":
        run = Engine(graph, code=OWN, dense=False)
    elif kind == "hybrid":
        run = Hybrid(graph, 1, lambda part: Engine(part, dense=False), every=True)
        parts = len(run.parts)
    else:
        run = Engine(graph, code="onnxruntime")
    largest = np.abs(wanted).max()
    found = max(float(np.abs(run(images[:n].numpy()) - wanted[:n]).max() / largest) for n in (1, 20))
    return parts, found, float(np.abs(single - wanted).max() / largest)


def every(names: Sequence[str], results: Path, seconds: float, timed: bool) -> Iterator[Reached]:
    """Yield each network, measured now unless `results` has it (with times, if `timed`)."""
    known = json.loads(results.read_text()) if results.exists() else {}
    sides = {f"torchvision:{name}": side for name, side in TORCHVISION.items()}
    sides |= {f"timm:{name}": side for name, side in TIMM.items()}
    for name in names or sides:
        if name not in known or (timed and known[name]["kind"] != "none" and known[name]["ratio"] is None):
            known[name] = asdict(_apart(name, sides.get(name, 64), seconds, timed))
            write_whole(results, json.dumps(known, indent=1).encode())
        yield Reached(**known[name])


def _apart(name: str, side: int, seconds: float, timed: bool) -> Reached:
    """Return what a process of its own finds, forked so that nothing is imported again."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_tell, args=(theirs, name, side, timed))
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return Reached(name, side, failed=f"took more than {seconds:.0f} s")
        return Reached(**ours.recv())
    except EOFError:
        return Reached(name, side, failed="the process ended without a word")
    finally:
        process.kill()
        process.join()


def _tell(answer: Connection, name: str, side: int, timed: bool) -> None:
    torch.set_num_threads(1)
    try:
        found = reach(name, side, timed)
    except Exception as error:
        found = Reached(name, side, failed=(str(error).strip().partition("\n")[0] or repr(error))[:200])
    answer.send(asdict(found))


def page(networks: Sequence[Reached], machine: str) -> str:
    """Return the page as Markdown."""
    rows = [_row(one) for one in networks]
    counts = {kind: sum(one.kind == kind and not one.failed for one in networks) for kind in ("engine", "hybrid")}
    known = [one.error for one in networks if one.error is not None]
    head = _HEAD.format(machine=machine, n=len(networks), largest=max(known, default=0.0), **counts)
    return "\n".join([head, *rows, ""])


def _row(one: Reached) -> str:
    if one.failed:
        return f"| `{one.name}` | {one.side} | – | – | – | – | {one.failed} |"
    runs = {"hybrid": f"hybrid, {one.parts} parts", "none": "torch only"}.get(one.kind, one.kind)
    if one.error is None or one.torch_error is None:
        return f"| `{one.name}` | {one.side} | {runs} | – | – | – | {one.reason} |"
    speed = "not measured"
    if one.ratio is not None:
        speed = f"{one.ratio:.2f} ({one.low:.2f}–{one.high:.2f}) over {one.best}"
    return f"| `{one.name}` | {one.side} | {runs} | {one.error:.1e} | {one.torch_error:.1e} | {speed} | {_why(one)} |"


def _why(one: Reached) -> str:
    code = {OWN: "engine"}.get(one.code, one.code)
    notes = [f"fastest: {code}"] if code else []
    if one.reason:
        notes.append(one.reason.partition("; no part")[0].replace("it has", "has"))
    if one.disturbed:
        notes.append("run disturbed")
    return "; ".join(notes)


_HEAD = """# Networks in the sparse engine

Which networks of torchvision and timm run in the [sparse engine](design/sparse-engine.md), how exactly, and how fast. Of {n} networks, the engine's own code can run
{engine} whole and {hybrid} by parts, with onnxruntime for the rest (hybrid). A hybrid uses its own code only for the parts in which it measured faster, and
the whole network runs in whatever measured fastest, so that a network with zeros costs no more than its dense library run and our call.

What cannot be run faster than by onnxruntime: networks whose zeros lie in layers that the engine has no code for (convolutions with weights that are computed, recurrent layers), and files with several
inputs or outputs.

- **Networks**: random weights, a random 90 % of each prunable weight zero, 10 classes, square images of the given side; batch-norm statistics settled by three passes in training mode.
- **Error**: largest difference from torch in float64 over 20 random images (alone and as a batch), relative to the largest output, every part in the engine's own code. Beside it: the
  same error of torch in float32. Largest of all: {largest:.1e}.
- **Speed-up**: one image, one thread; the time of the fastest dense fp32 engine of the same run (torch, onnxruntime, OpenVINO) over that of the engine with its choice of code. Median of 24
  rounds and its 99 % interval, as on the page [is it really faster](speed.md). An interval with 1 in it is no speed-up. Random zeros gain less than those of trained networks, whose last layers are sparser.
- **Machine**: {machine}. A training ran on the second core. Times are comparable within one line only.

Made by `python bench/reach.py`.

| network | side | runs in | error | torch's own | speed-up (99 % interval) | what is fastest, and why it is not all engine |
| --- | --- | --- | --- | --- | --- | --- |"""  # noqa: E501 - a page's lines


def main(arguments: Mapping[str, Any]) -> None:
    """Measure what was asked for, and write the page."""
    names = [name for name in arguments["only"].split(",") if name]
    found = []
    for one in every(names, Path(arguments["results"]), arguments["seconds"], not arguments["untimed"]):
        found.append(one)
        print(_row(one), flush=True)
    versions = f"torch {torch.__version__}, Python {platform.python_version()}"
    machine = f"{processor_name(torch.device('cpu'))}, {os.cpu_count()} cores, {versions}"
    write_whole(Path(arguments["page"]), page(found, machine).encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names, e.g. torchvision:resnet18,timm:dla34")
    parser.add_argument("--results", default="reach.json")
    parser.add_argument("--page", default="docs/engine-networks.md")
    parser.add_argument("--seconds", type=float, default=300.0, help="for one network")
    parser.add_argument("--untimed", action="store_true", help="check the results only")
    main(vars(parser.parse_args()))
