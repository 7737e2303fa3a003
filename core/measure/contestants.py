"""Who takes part in a latency run: a network in an engine, whose logits have been compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.errors import StageError
from prunesweep.core.measure.engines.base import AdaptiveEngine, EngineAdapter, Maker, Pass, UnsupportedNetwork
from prunesweep.core.measure.engines.onnxruntime_engine import int8_passes
from prunesweep.core.measure.engines.sparse_engine import passes_of
from prunesweep.core.passes import Passes
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.dense_runtimes import file_run, openvino_run

_SAME = 1e-3
FILE_BASELINE = "onnxruntime"
FILE_ENGINES = (FILE_BASELINE, "onnxruntime-int8", "openvino", "openvino-bf16", "sparse")


@dataclass(frozen=True)
class Contestant:
    """A network in an engine.

    Attributes:
        pruned: it is the pruned network, or of a file the sparse engine.
        make: makes what runs one pass.
        error: largest difference of the logits from those of the engine that is right by definition, over the largest
            of them.
    """

    engine: EngineAdapter
    pruned: bool
    make: Maker
    error: float


def contestants(
    engines: Iterable[EngineAdapter],
    dense: nn.Module,
    pruned: nn.Module,
    images: torch.Tensor,
    threads: int,
    left_out: dict[str, str],
    pruned_too: bool = False,
    smaller: bool = False,
) -> list[Contestant]:
    """Return the contestants; adds to `left_out` the engines that the network doesn't suit, and the libraries that trip
    over it: the others race all the same.

    smaller: the pruned network is a smaller dense one, so that engines that multiply zeros run it as well.
    """
    field = []
    wanted = [(engine, engine.dense) for engine in engines]
    wanted += [(engine, False) for engine, of_dense in wanted if of_dense and smaller]
    with torch.inference_mode(False), torch.no_grad():
        for engine, of_dense in wanted:
            network = dense if of_dense else pruned
            try:
                make = engine.prepare(network, images, threads)
                error = _error(engine, network, make, images)
            except UnsupportedNetwork as reason:
                left_out[engine.name] = str(reason)
                continue
            except (StageError, MemoryError):
                raise
            except Exception as tripped:
                if engine.name.startswith("torch"):  # the device's error, or the network's own
                    raise
                left_out[engine.name] = _refusal("network", tripped)
                continue
            field.append(Contestant(engine, pruned_too or not of_dense, make, error))
    return field


def same_code(field: list[Contestant], dense: nn.Module, images: torch.Tensor) -> list[Contestant]:
    """Return the dense network as contestants in the code that runs the pruned one, where an engine chooses codes."""
    made = []
    with torch.inference_mode(False), torch.no_grad():
        for one in field:
            if one.pruned and isinstance(one.make, AdaptiveEngine):
                try:
                    make = one.make.same(dense)
                    error = _error(one.engine, dense, make, images)
                except ValueError:  # it runs by parts, and without zeros no part is left to that code
                    continue
                made.append(Contestant(one.engine, False, make, error))
    return made


def _refusal(what: str, error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    # OpenVINO's first line names the place in its own sources, the last one says what is wrong.
    reason = lines[-1 if lines[0].startswith("Exception from ") else 0].strip() if lines else repr(error)
    return f"refuses the {what}: {reason[:200]}"


def _error(engine: EngineAdapter, network: nn.Module, make: Maker, images: torch.Tensor) -> float:
    """Return how far the logits are from PyTorch's, as a fraction of their largest.

    Raises:
        StageError: too far for fp32: what computes something else is not faster.
    """
    passes = Passes(copied(network), min(images.shape[2:])).eval()
    return _logits_error(engine, make, passes(images.to(passes.format.device)).float().cpu().numpy())


def _logits_error(engine: EngineAdapter, make: Maker, wanted: np.ndarray, rival: str = "torch") -> float:
    """Return the same against the logits that are wanted, float32; rival: what computed those."""
    run = make()  # kept until its logits, which may lie in its memory, are copied
    logits = run()
    found = np.array(logits.float().cpu().numpy() if isinstance(logits, torch.Tensor) else logits, np.float32)
    error = float(np.abs(found - wanted).max() / max(float(np.abs(wanted).max()), 1e-6))
    if not np.isfinite(error):
        raise StageError(f"the network's outputs in {engine.name} are not finite")
    if engine.dtype == "fp32" and error > _SAME:
        raise StageError(
            f"{engine.name} computes something else than {rival}: logits differ by {error:.1e} of the largest"
        )
    return error


def file_contestants(
    engines: Iterable[EngineAdapter],
    path: Path,
    graph: Graph,
    images: torch.Tensor,
    threads: int,
    left_out: dict[str, str],
) -> list[Contestant]:
    """Return the engines, `FILE_BASELINE` among them, with an ONNX file, or its graph in the sparse engine. Errors are
    differences from the baseline's outputs. Adds to `left_out` the engines that refuse the file.

    Raises:
        StageError: one computes something else than the baseline, or the baseline refuses it.
    """
    kinds = {engine.name: engine for engine in engines}
    made = _file_maker(FILE_BASELINE, path, graph, images, threads)
    wanted = np.array(made()(), np.float32)
    field = [Contestant(kinds[FILE_BASELINE], False, made, 0.0)]
    for name, engine in kinds.items():
        if name == FILE_BASELINE:
            continue
        try:
            make = _file_maker(name, path, graph, images, threads)
            make()()
        except Exception as error:  # whatever a library trips over: a file of anybody's
            left_out[name] = _refusal("file", error)
            continue
        field.append(Contestant(engine, not engine.dense, make, _logits_error(engine, make, wanted, FILE_BASELINE)))
    return field


def _file_maker(name: str, path: Path, graph: Graph, images: torch.Tensor, threads: int) -> Maker:
    """Return what makes passes of the file over the images."""
    if name == "sparse":
        return passes_of(graph, images, threads)
    if name == "onnxruntime-int8":
        return int8_passes(path, images, threads)
    values = np.ascontiguousarray(images.numpy())
    precision = "bf16" if name.endswith("bf16") else "f32"

    def make() -> Pass:
        run = file_run(path, threads) if name == FILE_BASELINE else openvino_run(path, threads, precision)
        if run is None:  # `choose` leaves out what is not installed
            raise StageError(f"{name} is not installed")
        return lambda: run(values)

    return make
