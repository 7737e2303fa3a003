"""Published weights by name, downloaded by the library that publishes them: `torchvision:ENUM`, `timm:TAG`."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from prunesweep.core.answer_time import answered_in_time
from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.images.said import SaidSize, by_rule
from prunesweep.core.images.timm_config import timm_size
from prunesweep.core.plan.weights import FIELD, HUBS
from prunesweep.core.progress import CountDone, unwatched
from prunesweep.core.traffic import Traffic, followed
from prunesweep.core.training.vision import import_torchvision

_ELSEWHERE = "or download it on another machine and give the file"


@dataclass(frozen=True)
class Published:
    """Weights as a library publishes them.

    Attributes:
        weights: name → tensor as published.
        mean, std: how their images were normalised, of values in [0, 1]; None = the library does not say.
        size: their size, and how they became so.
    """

    weights: Mapping[str, Any]
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    size: SaidSize = field(default_factory=SaidSize)


def download(text: str, progress: CountDone = unwatched) -> Published:
    """Return the published weights that `torchvision:ResNet18_Weights.IMAGENET1K_V1` or `timm:resnet18.a1_in1k` names.

    progress: called twice a second while it takes, once something has come.

    Raises:
        UserError: no such library or name, or they cannot be downloaded; one line.
    """
    library, _, name = text.partition(":")
    need("timm" if library == "timm" else "worker", FIELD, text, modules=(library,))
    return _DOWNLOADS[library](text, name, progress)


def _torchvision(text: str, name: str, progress: CountDone) -> Published:
    import_torchvision()
    models = importlib.import_module("torchvision.models")
    try:
        entry = models.get_weight(name)
    except (ValueError, KeyError, AttributeError):
        raise UserError(FIELD, text, "is no weights of torchvision; e.g. ResNet18_Weights.IMAGENET1K_V1") from None
    # `weights_only` reaches torch.load: nothing in the file is run. The hash in the file's name is checked.
    size = int(float(entry.meta.get("_file_size", 0)) * 2**20)
    load = partial(entry.get_state_dict, progress=False, check_hash=True, weights_only=True)
    weights = _reached(text, load, progress, size)
    preset = entry.transforms()
    said = _numbers(getattr(preset, "mean", None)), _numbers(getattr(preset, "std", None))
    return Published(weights, *said, preset_size(preset))


def preset_size(preset: Any) -> SaidSize:
    """Return what torchvision's transform for weights of a classifier comes to; those of others say nothing.

    Source: torchvision's `ImageClassification`: shorter side to resize_size, the middle crop_size cut out.
    """
    sides = [getattr(preset, name, None) or [] for name in ("crop_size", "resize_size")]
    if not all(len(side) == 1 for side in sides):
        return SaidSize()
    cut, shorter = (int(side[0]) for side in sides)
    word = preset.interpolation.value
    if word not in ("bilinear", "bicubic"):
        return SaidSize(cut, unlike=f"the {word} filter")
    return by_rule("crop", cut, shorter, bicubic=word == "bicubic")


def _timm(text: str, name: str, progress: CountDone) -> Published:
    import_torchvision()  # which timm imports
    timm = importlib.import_module("timm")
    if not timm.is_model(name.partition(".")[0]) or not timm.is_model_pretrained(name):
        raise UserError(FIELD, text, "is no pretrained network of this timm; e.g. resnet18.a1_in1k")
    # timm says no size; its client's own bars would stand across our line.
    importlib.import_module("huggingface_hub.utils").disable_progress_bars()
    network = _reached(text, partial(timm.create_model, name, pretrained=True), progress, 0)
    config = network.pretrained_cfg
    said = _numbers(config.get("mean")), _numbers(config.get("std"))
    return Published(network.state_dict(), *said, timm_size(config))


_DOWNLOADS: Mapping[str, Callable[[str, str, CountDone], Published]] = MappingProxyType(
    dict(zip(HUBS, (_torchvision, _timm), strict=True))
)


def _reached(text: str, fetch: Callable[[], Any], progress: CountDone, size: int) -> Any:
    """size: in bytes, 0 = not known."""

    def report(seen: Traffic) -> None:
        if seen.received:  # nothing comes where it lies in the library's cache
            progress(min(seen.received, size) if size else seen.received, size)

    try:
        with answered_in_time():
            return followed(fetch, report)
    except Exception as error:  # URLError, HTTPError, a wrong hash, and whatever the library's client raises
        close = getattr(error, "close", None)  # the connection that an answer such as 404 came by
        if callable(close):
            close()
        reason = str(getattr(error, "reason", "") or error or type(error).__name__).partition("\n")[0][:200]
        fix = f"cannot be downloaded ({reason}); try again when the network is there, {_ELSEWHERE}"
        raise UserError(FIELD, text, fix) from None


def _numbers(values: Any) -> tuple[float, ...] | None:
    if values is None or len(values) != 3:
        return None
    return tuple(float(value) for value in values)
