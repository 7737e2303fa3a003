"""How much faster is a network without some of its channels, in every engine? resnet18 of width 64, random weights.

Prints a table of Markdown for docs/channels.md. Weights do not change how long a dense pass takes: nothing is trained.
Run: python bench/channels.py [--batch 1] [--threads 1]
"""

import argparse
import copy

import torch

from prunesweep.core.latency import EngineTime, LatencyRun
from prunesweep.core.measure.flops import macs
from prunesweep.core.measure.latency import compete
from prunesweep.core.measure.smaller import smaller
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks, count_kept
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model

IMAGE = (3, 32, 32)
ENGINES = ("torch", "onnxruntime", "openvino", "sparse")
SPARSITIES = (0.5, 0.75, 0.9)


def main() -> None:
    """Race the dense network and what is left of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    dense = build_model(ModelRef("resnet18", 64, 10), 0).eval()
    print("| sparsity | multiply-adds | " + " | ".join(ENGINES) + " | dense |")
    print("| --- " * (len(ENGINES) + 3) + "|")
    for sparsity in SPARSITIES:
        model = copy.deepcopy(dense)
        masks = prune(Subject(model, image=IMAGE), "magnitude", "channels", sparsity)
        apply_masks(model, masks)
        small = smaller(model, masks, IMAGE).model
        fewer = macs(dense, IMAGE).macs / macs(small, IMAGE).macs
        machine = (given.batch, given.threads, torch.device("cpu"))
        race = compete(dense, small, IMAGE, *machine, ENGINES, smaller=True)
        kept, total = count_kept(masks)
        print(f"| {100 * (1 - kept / total):.2f} % | {fewer:.2f}× fewer | {_cells(race)} | {_shown(race.dense())} |")


def _cells(race: LatencyRun) -> str:
    found = {time.engine: time for time in race.times if time.pruned}
    return " | ".join(_shown(found[name]) if name in found else race.left_out[name] for name in ENGINES)


def _shown(time: EngineTime) -> str:
    """Return milliseconds, and how much faster than the fastest dense one, with the 99 % interval."""
    if not time.pruned:
        return f"{time.ms:.2f} ms ({time.engine})"
    return f"{time.ms:.2f} ms, {time.ratio:.2f}× ({time.ratio_low:.2f} to {time.ratio_high:.2f})"


if __name__ == "__main__":
    main()
