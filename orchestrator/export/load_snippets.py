"""How each kind of exported file is loaded: the last words of its model card."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.networks import FILE, NetworkRef, read_network
from prunesweep.core.plan.resize_rules import rule_at

_NETWORK = """import prunesweep

network = prunesweep.build_model({name!r}, width={width!r}, classes={classes!r}, weights=weights)"""

_TORCHVISION = """from torch import nn
from torchvision.models import resnet18  # needs nothing of prunesweep

network = resnet18(num_classes={classes!r})
network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
{pool}network.load_state_dict(weights)
network.eval()"""
_LIBRARY = """import {module}  # {version}; needs nothing of prunesweep

network = {module}{make}({name!r}, num_classes={classes!r}{arguments})
network.load_state_dict(weights)
network.eval()"""
_MAKE = MappingProxyType({"torchvision": ".models.get_model", "timm": ".create_model"})

_FILE = """from {stem} import {function}  # {file}, SHA-256 {sha}; needs nothing of prunesweep

network = {function}(num_classes={classes!r}{arguments})
network.load_state_dict(weights)
network.eval()"""
_NO_POOL = "network.maxpool = nn.Identity()\n"

_CODE: Mapping[str, str] = MappingProxyType(
    {
        ".pt": 'import torch\n\nweights = torch.load("{stem}.pt", weights_only=True)  # a plain state_dict, float32',
        ".safetensors": "from safetensors.torch import load_file\n\n"
        'weights = load_file("{stem}.safetensors")  # a state_dict, float32',
        ".packed": 'import prunesweep\n\nnetwork = prunesweep.load("{stem}.packed")  # needs no torch\n'
        "logits = network(images)",
        ".onnx": "import json\n\nimport onnxruntime\n\n"
        'session = onnxruntime.InferenceSession("{stem}.onnx", providers=["CPUExecutionProvider"])\n'
        'preparation = json.loads(session.get_modelmeta().custom_metadata_map["input"])  # mean and std\n'
        '(logits,) = session.run(["logits"], {{"images": images}})',
    }
)
_INT8 = (
    "Written with `--values int8` it computes in int8: `calibration_images` and `quantised_by` in its metadata say how."
    " The accuracy above is that of float32; `sweep evaluate` with `--int8` measures that of int8."
)
_SQUARE = """from PIL import Image

def square(image):  # of mode RGB
    {measure}image = image.resize({sides}, Image.Resampling.{filter})
    left, top = ({offset} for side in image.size)
    return image.crop((left, top, left + {size}, top + {size}))"""
_SCALED = MappingProxyType(
    {
        "crop": ("shorter = min(image.size)\n    ", "[int({side} * side / shorter) for side in image.size]"),
        "stretch": ("", "({side}, {side})"),
        "pad": (
            "longer = max(image.size)\n    ",
            "[max(1, round(side * ({side} / longer))) for side in image.size]",
        ),
    }
)
_STATE_DICTS = (".pt", ".safetensors")
_LOAD = "network.load_state_dict(weights)\n"
_RESIZE = """from torch import nn

for key, tensor in weights.items():  # where channels were left out, layers take the shapes of what is left
    layer, _, field = key.rpartition(".")
    module = network.get_submodule(layer)
    old = getattr(module, field)
    if old.shape != tensor.shape:
        if isinstance(module, nn.Conv2d) and module.groups > 1 and old.dim() == 4 and old.shape[1] == 1:  # depthwise
            module.groups = module.groups * len(tensor) // len(old)
        setattr(module, field, nn.Parameter(tensor) if isinstance(old, nn.Parameter) else tensor)
"""


def how_to_load(
    stem: str,
    endings: Sequence[str],
    model: Mapping[str, Any],
    normalised: str,
    *,
    channels: bool = False,
    squares: tuple[str, int] | None = None,
) -> Iterable[str]:
    """Yield Markdown lines for the files STEM + ending;

    Args:
        model: fields of the network's `ModelRef`.
        normalised: which mean and standard deviation images are normalised by, with the numbers where they are known.
        channels: the network may have lost whole channels, and files be without them.
        squares: how images of any sizes became squares of which side (`prunesweep.core.plan.resize_rules`), None = they
            were of one size.
    """
    if squares:
        yield f"Images of any size were made squares of {squares[1]} pixels by this (`{squares[0]}`):"
        yield from ("", "```python", *square_code(*squares).splitlines(), "```", "")
    yield "Images are float32 [B, 3, H, W], RGB, normalised: `(byte / 255 - mean) / std`, with mean and standard"
    yield f"deviation {normalised}, which packed (`network.input`) and ONNX files hold."
    for ending in endings:
        code = _CODE[ending].format(stem=stem)
        if ending in _STATE_DICTS:
            code += "\n\n" + _network(model, channels)
        yield from ("", f"`{stem}{ending}`:", "", "```python", *code.splitlines(), "```")
        if ending == ".onnx":
            yield from ("", _INT8)
        if ending == ".packed":
            yield from (
                "",
                "Written with `--values fp16` its kept weights are rounded; the accuracy is that of float32.",
            )


def square_code(resize: str, size: int) -> str:
    """Return Python code of a function `square` that does what `prunesweep.core.images.resizing.resized` does."""
    rule = rule_at(resize, size)
    measure, sides = _SCALED[rule.kind]
    offset = f"round((side - {size}) / 2)"
    if rule.kind == "pad" or rule.side < size:
        offset += f" if side > {size} else (side - {size - 1}) // 2"
    name = "BICUBIC" if rule.bicubic else "BILINEAR"
    return _SQUARE.format(measure=measure, sides=sides.format(side=rule.side), filter=name, offset=offset, size=size)


def _network(model: Mapping[str, Any], channels: bool) -> str:
    """Return code that makes the network of `weights`: with torch and torchvision alone where torchvision has that
    network."""
    code = _whole(model)
    if not channels:
        return code
    if _LOAD not in code:
        return code.replace("weights=weights)", "weights=weights, smaller=True)")
    return code.replace(_LOAD, f"{_RESIZE}{_LOAD}")


def _whole(model: Mapping[str, Any]) -> str:
    name, width, classes = (model.get(key) for key in ("name", "width", "classes"))
    if name in ("resnet18", "resnet18-cifar") and width == MODELS[name]:
        return _TORCHVISION.format(classes=classes, pool=_NO_POOL if name == "resnet18-cifar" else "")
    if (other := read_network(str(name))) is not None:
        return _elsewhere(other, classes)
    return _NETWORK.format(name=name, width=width, classes=classes)


def _elsewhere(network: NetworkRef, classes: object) -> str:
    """Return code that makes a network of another source, with the library or the file that it was made with."""
    given = "".join(f", {name}={value!r}" for name, value in network.arguments.items())
    if network.source == FILE:
        stem = network.name.removesuffix(".py")
        facts = {"stem": stem, "file": network.name, "function": network.function, "sha": network.sha}
        return _FILE.format(**facts, classes=classes, arguments=given)
    facts = {"module": network.source, "version": network.version, "make": _MAKE[network.source], "name": network.name}
    return _LIBRARY.format(**facts, classes=classes, arguments=given)
