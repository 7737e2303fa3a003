"""The prunable weights of our networks, by name and shape, without building one."""

from collections.abc import Iterator

from prunesweep.core.plan.models import ModelRef

Shapes = dict[str, tuple[int, ...]]
"""`state_dict` name → shape, in the order of the `state_dict`."""

_BLOCKS = {
    "resnet18": (2, 2, 2, 2),
    "resnet18-cifar": (2, 2, 2, 2),
    "resnet20": (3, 3, 3),
    "resnet56": (9, 9, 9),
    "resnet20-a": (3, 3, 3),
    "resnet56-a": (9, 9, 9),
}
_VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
"""Output channels of each convolution at width 64; 0 = a pooling."""


def prunable_shapes(ref: ModelRef) -> Shapes | None:
    """Return the weights of convolutions and linear layers; None for a network that is not one of ours."""
    if ref.name in _BLOCKS:
        return dict(_resnet(_BLOCKS[ref.name], ref))
    return dict(_vgg(ref)) if ref.name == "vgg16-bn" else None


def _resnet(blocks: tuple[int, ...], ref: ModelRef) -> Iterator[tuple[str, tuple[int, ...]]]:
    inputs = ref.width
    yield "conv1.weight", (inputs, 3, 3, 3)
    for stage, count in enumerate(blocks, 1):
        outputs = ref.width * 2 ** (stage - 1)
        for block in range(count):
            name = f"layer{stage}.{block}"
            yield f"{name}.conv1.weight", (outputs, inputs, 3, 3)
            yield f"{name}.conv2.weight", (outputs, outputs, 3, 3)
            if block == 0 and stage > 1 and not ref.name.endswith("-a"):
                yield f"{name}.downsample.0.weight", (outputs, inputs, 1, 1)
            inputs = outputs
    yield "fc.weight", (ref.classes, inputs)


def _vgg(ref: ModelRef) -> Iterator[tuple[str, tuple[int, ...]]]:
    inputs, place = 3, 0
    for published in _VGG16:
        if published:
            outputs = published * ref.width // 64
            yield f"features.{place}.weight", (outputs, inputs, 3, 3)
            inputs = outputs
        place += 3 if published else 1  # a convolution is followed by batch-norm and ReLU
    yield "classifier.weight", (ref.classes, inputs)
