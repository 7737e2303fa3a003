"""Accuracy on a split."""

import pytest
import torch
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.measure.accuracy import Accuracy, evaluate
from prunesweep.core.passes import Format
from prunesweep.core.training.batches import fitting
from prunesweep.core.training.datasets import Split

CPU = torch.device("cpu")


def test_agrees_with_a_plain_loop(tiny: nn.Module, split: Split) -> None:
    found = evaluate(tiny, split, CPU, batch=10)
    right, among_five, loss = 0, 0, 0.0
    with torch.inference_mode():
        for image, label in zip(split.images, split.labels, strict=True):
            scaled = (image.double() / 255 - split.mean[:, None, None]) / split.std[:, None, None]
            logits = tiny.double()(scaled[None])
            right += int(logits.argmax() == label)
            among_five += int(label) in logits[0].argsort(descending=True, stable=True)[:5].tolist()
            loss += float(nn.functional.cross_entropy(logits, label[None]))
    assert found.images == 37
    assert found.top1 == right / 37
    assert found.top5 == among_five / 37 != 1
    assert found.loss == pytest.approx(loss / 37, rel=1e-5)


@pytest.mark.parametrize("batch", [1, 36, 37, 1000])
def test_every_image_counts_once_whatever_the_batch(tiny: nn.Module, split: Split, batch: int) -> None:
    reference = evaluate(tiny, split, CPU, batch=37)
    found = evaluate(tiny, split, CPU, batch=batch)
    assert (found.top1, found.images) == (reference.top1, 37)
    assert found.loss == pytest.approx(reference.loss, rel=1e-5)


def test_batch_norm_statistics_are_used_and_kept(tiny: nn.Module, split: Split) -> None:
    before = {name: tensor.clone() for name, tensor in tiny.state_dict().items()}
    evaluate(tiny.train(), split, CPU)
    assert not tiny.training
    assert all(torch.equal(before[name], tensor) for name, tensor in tiny.state_dict().items())


def test_no_images_are_changed_and_progress_is_told(tiny: nn.Module, split: Split) -> None:
    images, told = split.images.clone(), []
    evaluate(tiny, split, CPU, 16, lambda done, total: told.append((done, total)))
    assert torch.equal(images, split.images)
    assert told == [(16, 37), (32, 37), (37, 37)]


def test_autocast_around_it_changes_nothing(tiny: nn.Module, split: Split) -> None:
    plain = evaluate(tiny, split, CPU)
    with torch.autocast("cpu", torch.bfloat16):
        assert evaluate(tiny, split, CPU) == plain


def test_equal_outputs_are_right_by_chance_only(tiny: nn.Module, split: Split) -> None:
    with torch.no_grad():
        tiny.get_parameter("fc.weight").zero_()
        tiny.get_parameter("fc.bias").zero_()
    found = evaluate(tiny, split, CPU)
    assert found.top1 == float((split.labels == 0).double().mean()), "the first class is the guess"
    assert found.top5 == float((split.labels < 5).double().mean())


def test_a_network_that_exploded_has_no_accuracy(tiny: nn.Module, split: Split) -> None:
    with torch.no_grad():
        tiny.get_parameter("fc.weight").fill_(float("inf"))
    with pytest.raises(StageError, match="outputs are not finite"):
        evaluate(tiny, split, CPU)


def test_accuracy_is_a_value() -> None:
    plain = Format("cpu", "channels_last", "fp32")
    assert Accuracy(0.5, 1.0, 2, 0.9, plain) == Accuracy(0.5, 1.0, 2, 0.9, plain)


@pytest.mark.parametrize(("side", "most"), [(32, 256), (64, 256), (224, 20), (2048, 1)])
def test_a_pass_takes_as_many_bytes_however_large_the_images_are(side: int, most: int) -> None:
    assert fitting(256, (side, side)) == most
    images = torch.zeros(1, 3, side, side, dtype=torch.uint8).expand(min(most + 1, 60), -1, -1, -1)
    labels, passes = torch.zeros(len(images), dtype=torch.int64), []
    third = torch.full((3,), 0.3)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 2)

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            passes.append(len(batch))
            return self.fc(batch.mean((2, 3)))

    evaluate(Net(), Split(images, labels, ("a", "b"), third, third), CPU)
    assert max(passes) == max(2, min(most, len(images))), "two are tried first, for the memory layout"
