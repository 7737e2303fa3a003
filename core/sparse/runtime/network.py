"""A packed file as a network to call: the engine, and what its file says of the images that it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prunesweep.core.cpus import capped
from prunesweep.core.errors import UserError
from prunesweep.core.sparse.model.packed import read_packed
from prunesweep.core.sparse.runtime.dense_runtimes import file_run
from prunesweep.core.sparse.runtime.engine import Engine
from prunesweep.core.sparse.runtime.onnx_model import onnx_facts
from prunesweep.core.sparse.runtime.onnx_reader import graph_of_onnx


@dataclass(frozen=True)
class Input:
    """The images that a network takes: float32 [B, C, H, W], RGB, `(byte / 255 - mean) / std`."""

    shape: tuple[int, int, int]
    """[C, H, W]."""
    mean: tuple[float, ...] | None
    """Of each channel, of the training images scaled to 0 … 1; None: the file does not say."""
    std: tuple[float, ...] | None
    names: tuple[str, ...]
    """Of the classes, in the order of the logits; empty: the file does not say."""

    def normalise(self, images: np.ndarray) -> np.ndarray:
        """Return images as the network takes them.

        Args:
            images: bytes (uint8) [B, C, H, W].

        Raises:
            ValueError: images of another type or shape, or a file that holds no mean and std.
        """
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1:] != self.shape:
            raise ValueError(f"images must be a uint8 array of shape [B, {', '.join(map(str, self.shape))}]")
        if self.mean is None or self.std is None:
            raise ValueError("the file does not say how its images are normalised")
        mean, std = (np.array(one, np.float32).reshape(-1, 1, 1) for one in (self.mean, self.std))
        return (images.astype(np.float32) / np.float32(255) - mean) / std


@dataclass(frozen=True)
class Network:
    """A network that runs without torch: call it with normalised images.

    Safe to call from several threads; each call's result is the caller's.
    """

    input: Input
    _engine: "Engine | WholeFile"

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return the logits, float32 [B, classes], of normalised images, float32 [B, C, H, W].

        Raises:
            ValueError: images of another shape or type.
        """
        return self._engine(images)

    @property
    def threads(self) -> int:
        """CPU threads that it uses."""
        return self._engine.threads

    @property
    def how(self) -> str:
        """What runs the network on this machine, and why, in words."""
        return self._engine.how


def open_network(path: Path, threads: int = 1) -> Network:
    """Return the network of a packed file.

    Args:
        path: what `sweep export --format packed` wrote.
        threads: at least 1; capped at the CPUs that this process may use.

    Warns:
        UncheckedFile: a file of an earlier release, which has no checksum.

    Raises:
        UserError: no such file, it is damaged, or this machine cannot run it.
    """
    graph, meta = read_packed(path)
    try:
        return Network(_input(graph.image_shape, meta), Engine(graph, threads))
    except ValueError as error:
        raise UserError("file", path, str(error)) from None


class WholeFile:
    """An ONNX file that no graph was made of, in onnxruntime."""

    def __init__(self, path: Path, shape: tuple[int, int, int], threads: int, reason: str) -> None:
        """
        Raises:
            ValueError: onnxruntime does not run it, or is not installed.
        """
        run = file_run(path, capped(threads))
        if run is None:
            raise ValueError("needs onnx and onnxruntime")
        self._run, self._shape, self.threads, self._reason = run, shape, capped(threads), reason

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """
        Raises:
            ValueError: images of another shape or type.
        """
        fits = isinstance(images, np.ndarray) and images.dtype == np.float32 and images.ndim == 4
        if not fits or images.shape[1:] != self._shape:
            raise ValueError(f"images must be a float32 array of shape [B, {', '.join(map(str, self._shape))}]")
        return self._run(images)

    @property
    def how(self) -> str:
        """In words: what runs the network here, and why."""
        return f"dense by onnxruntime: {self._reason}"


def open_onnx(path: Path, threads: int = 1) -> Network:
    """Return the network of an ONNX file: of its layers the engine runs what it can.

    Args:
        path: a model with one input, float32 images [B, C, H, W], and one output. Weights in files beside it are read,
            those elsewhere refused.
        threads: at least 1; capped at the CPUs that this process may use.

    Raises:
        UserError: no such file, it is damaged, or this machine cannot run it.
    """
    try:
        # Whatever a damaged file makes the readers trip over is about the file.
        shape, meta = onnx_facts(path)
        try:
            return Network(_input(shape, meta), Engine(graph_of_onnx(path), threads))
        except ValueError as error:
            reason = str(error)
        return Network(_input(shape, meta), WholeFile(path, shape, threads, reason))
    except ImportError:
        raise UserError("file", path, "needs onnx and onnxruntime") from None
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or repr(error)
        raise UserError("file", path, f"cannot be run: {reason[:300]}") from None


def _input(shape: tuple[int, int, int], meta: Mapping[str, Any]) -> Input:
    """Return what the file's metadata says; whoever wrote the file may have left anything out."""
    said = meta.get("input")
    said = said if isinstance(said, Mapping) else {}
    mean, std = (_numbers(said.get(key), shape[0]) for key in ("mean", "std"))
    names = meta.get("class_names")
    return Input(shape, mean, std, tuple(map(str, names)) if isinstance(names, list) else ())


def _numbers(value: object, count: int) -> tuple[float, ...] | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    return tuple(float(one) for one in value) if all(isinstance(one, int | float) for one in value) else None
