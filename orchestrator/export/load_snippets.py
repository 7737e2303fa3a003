"""How each kind of exported file is loaded: the last words of its model card."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

_NETWORK = """from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.models import load_model

network = load_model(ModelRef({name!r}, {width!r}, {classes!r}), weights).eval()"""

_CODE: Mapping[str, str] = MappingProxyType(
    {
        ".pt": 'import torch\n\nweights = torch.load("{stem}.pt", weights_only=True)  # a plain state_dict, float32',
        ".safetensors": "from safetensors.torch import load_file\n\n"
        'weights = load_file("{stem}.safetensors")  # a state_dict, float32',
        ".packed": 'import prunesweep\n\nnetwork = prunesweep.load("{stem}.packed")  # needs no torch\n'
        "logits = network(images)",
        ".onnx": "import json\n\nimport onnxruntime\n\n"
        'session = onnxruntime.InferenceSession("{stem}.onnx", providers=["CPUExecutionProvider"])\n'
        'told = json.loads(session.get_modelmeta().custom_metadata_map["input"])  # mean and std\n'
        '(logits,) = session.run(["logits"], {{"images": images}})',
    }
)
_STATE_DICTS = (".pt", ".safetensors")


def how_to_load(stem: str, endings: Sequence[str], model: Mapping[str, Any]) -> Iterable[str]:
    """Markdown lines for the files STEM + ending; model: fields of the network's `ModelRef`."""
    yield "Images are float32 [B, 3, H, W], RGB, normalised: `(byte / 255 - mean) / std`, with mean and standard"
    yield "deviation of the training images' channels, which packed and ONNX files hold."
    for ending in endings:
        code = _CODE[ending].format(stem=stem)
        if ending in _STATE_DICTS:
            code += "\n\n" + _NETWORK.format(**{key: model.get(key) for key in ("name", "width", "classes")})
        yield from ("", f"`{stem}{ending}`:", "", "```python", *code.splitlines(), "```")
        if ending == ".packed":
            yield from (
                "",
                "Written with `--values fp16` its kept weights are rounded; the accuracy is that of float32.",
            )
