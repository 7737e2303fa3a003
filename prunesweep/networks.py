"""Networks from Python: weights and packed files that need no torch, and torch modules.

What a function needs is imported when it is called: a packed file runs where there is nothing but numpy.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.extras import need
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.plan.networks import parse_model, read_network, with_arguments

if TYPE_CHECKING:
    import numpy
    import torch

    from prunesweep.core.sparse.runtime.network import Network


_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        ".onnx": "prunesweep.compile reads ONNX files",
        ".pt": "torch.load reads it, and prunesweep.build_model makes the network",
        ".safetensors": "safetensors.torch.load_file reads it, and prunesweep.build_model makes the network",
    }
)
"""What reads the other files that `sweep export` writes."""


def load(source: "str | os.PathLike[str]", *, threads: int | None = None) -> Any:
    """Return what an artifact or a packed file holds. Needs no torch.

    Args:
        source: the SHA-256 in the `artifact` column of the results, or a file that `sweep export --format packed`
            wrote.
        threads: CPU threads of a packed network, at most the CPUs that this process may use; None = 1.

    Returns:
        Of an artifact its weights, a dict: `state_dict` name → array, float32 with the zeros in it.
        Of a packed file a `Network`: call it with normalised images, float32 [B, 3, H, W], for logits, float32
        [B, classes]; its `input` says how images are normalised and what the classes are called.

    Warns:
        UncheckedFile: a packed file of an earlier release, which has no checksum.

    Raises:
        StageError: no such artifact, or its bytes have another hash.
        UserError: no such file, it is damaged, or this machine cannot run it.
    """
    if isinstance(source, str) and re.fullmatch("[0-9a-f]{64}", source):
        return _weights(source)
    cpus = 1 if threads is None else _at_least("threads", threads, 1)
    if Path(source).suffix.lower() in _OTHERS:
        raise UserError("file", source, f"is not a packed network: {_OTHERS[Path(source).suffix.lower()]}")
    from prunesweep.core.sparse.runtime.network import open_network

    return open_network(Path(source), cpus)


def compile(source: "str | os.PathLike[str]", *, threads: int | None = None) -> "Network":
    """Return an ONNX file as a network to call, as `load` returns a packed file. Needs no torch.

    Args:
        source: a model of any exporter with one input, float32 images [B, C, H, W] with a dynamic batch axis, and one
            output; opset 7 to 22. Weights in files beside it are read, those elsewhere refused.
        threads: CPU threads, at most the CPUs that this process may use; None = 1.

    Returns:
        A `Network`; its `how` says what runs it: the engine's own code, that and onnxruntime (hybrid), or onnxruntime.

    Raises:
        UserError: no such file, it is damaged, or onnx and onnxruntime are not installed.
    """
    cpus = 1 if threads is None else _at_least("threads", threads, 1)
    need("bench", "file", source)
    from prunesweep.core.sparse.runtime.network import open_onnx

    return open_onnx(Path(source), cpus)


def build_model(
    name: str,
    *,
    classes: int,
    width: int | None = None,
    weights: Mapping[str, Any] | None = None,
    seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
    smaller: bool = False,
) -> "torch.nn.Module":
    """Return a network as a torch module, float32, on the CPU. Needs torch and torchvision.

    Args:
        name: `resnet18`, `resnet18-cifar`, `resnet20`, `resnet56`, `vgg16-bn`, `torchvision:NAME`, `timm:NAME`,
            `FILE.py:FUNCTION` of a file in the folder SWEEP_NETWORKS, or such a name with its version or hash, as a
            model card gives it.
        classes: outputs, at least 2.
        width: channels of its first stage, of a built-in network; None = as published.
        weights: a `state_dict`, of tensors or of the arrays that `load` gives; None = random ones.
        seed: of random weights.
        arguments: keyword arguments of a network that is not built in.
        smaller: the weights may be without some of its channels, as `sweep export --compact` writes them.

    Raises:
        UserError: a bad value, or torch is not installed.
        StageError: weights of another network.
    """
    ref = _ref(name, width, classes, arguments)
    need("worker", "build_model", modules=("torch",))
    import torch

    from prunesweep.core.training.models import build_model as build
    from prunesweep.core.training.models import load_model

    if weights is None:
        return build(ref, seed)
    tensors = {key: torch.as_tensor(value) for key, value in weights.items()}
    try:
        return load_model(ref, tensors, smaller=smaller).eval()
    except StageError as error:
        if smaller or "size mismatch" not in str(error):
            raise
        raise StageError(f"{error}; weights of sweep export --compact need smaller=True") from None


def _ref(name: str, width: int | None, classes: int, arguments: Mapping[str, Any] | None) -> ModelRef:
    model = parse_model(name, "name")
    if arguments is not None:
        if not isinstance(arguments, Mapping):
            raise UserError("arguments", arguments, "give keyword arguments as a dict")
        model = with_arguments(model, dict(arguments), "arguments")
    if read_network(model) is not None:
        if width:
            raise UserError("width", width, "only the built-in networks have one; leave it out")
        return ModelRef(model, 0, _at_least("classes", classes, 2))
    published = MODELS[model] if width is None else width
    return ModelRef(model, _at_least("width", published, 1), _at_least("classes", classes, 2))


def _at_least(field: str, value: int, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UserError(field, value, f"must be a whole number, at least {least}")
    return value


def _weights(artifact: str) -> "dict[str, numpy.ndarray]":
    from prunesweep.core.artifacts.location import PERSON
    from prunesweep.core.artifacts.store import ArtifactStore
    from prunesweep.core.artifacts.weights import read_weights
    from prunesweep.core.settings import load_settings

    settings = load_settings()
    return read_weights(ArtifactStore.open(settings.artifacts_url, settings.home, PERSON).get(artifact))
