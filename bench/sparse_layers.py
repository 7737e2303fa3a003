"""Where does a pruned network's time go? Each layer of a file in each way that the engine has for it, on one thread.

Columns:
    zeros: leaving zeros out, by code (many images; rows of whole vectors) or lists.
    tiles: dense, by Winograd's transforms.

Microseconds a pass, medians; the ways are tried in their place among the other layers. GFMA/s: nonzero weights × output
positions × images a second, of the first way. Last: the layer's share of the time.
Run: python bench/sparse_layers.py FILE [--batch 1,64]
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from prunesweep.core.importing.network import load_network
from prunesweep.core.measure.pinned import pinned
from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.sparse.codegen.target import here
from prunesweep.core.sparse.model.graph import Conv
from prunesweep.core.sparse.model.lowering import windows_of
from prunesweep.core.sparse.model.window_graph import Window, WindowGraph
from prunesweep.core.sparse.runtime.batch_plan import BatchPlan
from prunesweep.core.sparse.runtime.program import Call, Job, ProgramStep, ThreadPool
from prunesweep.core.sparse.runtime.single_plan import SingleProgram

SIDE = 32
ROUNDS = 40


def ticks_a_microsecond(crew: ThreadPool) -> float:
    """Return the ticks of the clock that the engine's steps are timed with."""
    nothing = ProgramStep((Job((), 0.0, 0),))
    programs = crew.programs([nothing])
    begun, start = time.perf_counter(), _ticks(crew)
    while time.perf_counter() - begun < 0.2:
        crew.run(programs)
    return (_ticks(crew) - start) / (time.perf_counter() - begun) / 1e6


def _ticks(crew: ThreadPool) -> int:
    stamp = np.zeros(1, np.int64)
    call: Call = crew.stamp(stamp)
    crew.run(crew.programs([ProgramStep((Job((call,), 0.0, 0),))]))
    return int(stamp[0])


def measure(net: WindowGraph, batch: int, crew: ThreadPool) -> list[list[float]]:
    """Return ticks of each node's ways."""
    target = here()
    assert target is not None, "needs AVX-512, or AVX2 with FMA"
    if batch < target.lanes:
        return [[tick * batch for tick in ways] for ways in SingleProgram(net, 1, target).ticks(crew, ROUNDS)]
    return BatchPlan(net, 1, target).ticks(-(-batch // target.lanes), crew, ROUNDS)


def row(node: Window, net: WindowGraph, batch: int, micros: list[float], best: float) -> str:
    shape = net.shapes[node.out]
    text = f"{node.out:<26}{shape[0]:>5} × {shape[1]:>2} × {shape[2]:<3}"
    if not isinstance(node, Conv):
        return f"{text}{'':>9}{micros[0]:>10.1f}{'':>26}{micros[0] / best:>7.1%}"
    kept, pixels = np.count_nonzero(node.weight), shape[1] * shape[2] * batch
    others = " ".join(f"{other:.1f}" for other in micros[1:])
    return (
        f"{text}{kept / node.weight.size:>9.3f}{micros[0]:>10.1f}{kept * pixels / micros[0] / 1e3:>8.1f}"
        f"{others:>18}{min(micros) / best:>7.1%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--batch", type=lambda text: [int(part) for part in text.split(",")], default=[1, 64])
    options = parser.parse_args()
    net = windows_of(graph_of(load_network(options.file, "resnet18").eval(), (3, SIDE, SIDE)))
    metrics = {}
    with pinned(1):
        crew = ThreadPool(1)
        scale = ticks_a_microsecond(crew)
        for batch in options.batch:
            every = [[tick / scale for tick in ways] for ways in measure(net, batch, crew)]
            best = sum(min(ways) for ways in every)
            head = f"{'zeros µs':>10}{'GFMA/s':>8}{'other ways µs':>18}"
            print(f"batch {batch:<20}{'output':>14}{'density':>9}{head}")
            for node, micros in zip(net.nodes, every, strict=True):
                print(row(node, net, batch, micros, best))
            print(f"all, the faster way each: {best:.1f} µs; zeros alone: {sum(ways[0] for ways in every):.1f} µs\n")
            metrics[f"best_b{batch}_us"] = round(best, 1)
            metrics[f"first_b{batch}_us"] = round(sum(ways[0] for ways in every), 1)
    print(json.dumps({"bench": "sparse_layers", "metrics": metrics}))


if __name__ == "__main__":
    main()
