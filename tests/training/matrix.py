"""`python -m tests.training.matrix [NETWORK:WIDTH …]`: every pass that goes through a network, against float64.

Each network at each width has a process of its own, forked from one that has torch; glibc's own checks of the heap
(`MALLOC_CHECK_`) are on where it has them, so that a kernel that writes past a buffer ends the process. One line for
each: its name, and the largest difference of any pass from float64 on contiguous images, relative to a layer's norm.
Exit code 1 if a process died or a difference is too large.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

NETWORKS = ("resnet18", "resnet18-cifar", "resnet20", "resnet56", "vgg16-bn")
WIDTHS = (1, 2, 3, 4, 8, 12, 16, 24, 64)
SIDE, IMAGES, CLASSES = 8, 6, 4
TOLERANCE = 0.005
"""Far above rounding in 56 layers with batch-norm over six images, far below a number that is not a gradient."""
CHECKED = Path("/lib/x86_64-linux-gnu/libc_malloc_debug.so.0")


def main(names: list[str]) -> int:
    """Run the cases of these names, or all; how many failed."""
    if CHECKED.exists() and "MALLOC_CHECK_" not in os.environ:
        # The heap's checks can only be switched on when a program starts.
        os.environ |= {"MALLOC_CHECK_": "3", "LD_PRELOAD": str(CHECKED)}
        os.execv(sys.executable, [sys.executable, "-m", "tests.training.matrix", *names])
    import torch

    import prunesweep.core.measure.batchnorm
    import prunesweep.core.pruning.own
    import prunesweep.core.training.loop  # noqa: F401 - loaded once, for all, as is what follows
    from prunesweep.core.passes import has_bf16
    from prunesweep.core.training.vision import import_torchvision

    import_torchvision()
    torch.set_num_threads(1)
    if os.environ.get("ONEDNN_MAX_CPU_ISA") == "AVX2":
        assert not has_bf16(torch.device("cpu")), "bf16 where oneDNN may not use it"
    failed = 0
    for name in names or [f"{network}:{width}" for network in NETWORKS for width in WIDTHS]:
        print(name, end=" ", flush=True)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = _case(*name.split(":"))
            finally:
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            failed += 1
            print(f"FAILED: exit {status}" if status > 0 else f"FAILED: killed by signal {-status}", flush=True)
    return failed


def _case(network: str, width: str) -> int:
    from prunesweep.core.passes import trace
    from prunesweep.core.plan.models import ModelRef
    from prunesweep.core.training.models import build_model

    worst = max(_differences(network, int(width)))
    print(f"{worst[0]:.1e} ({worst[1]})", flush=True)
    # Nothing of a stage loads torch's compiler: it would take every process more than a second.
    trace(build_model(ModelRef(network, int(width), CLASSES), seed=0), (3, SIDE, SIDE))
    assert not {"torch._dynamo", "torch._inductor", "sympy"} & sys.modules.keys()
    return int(not worst[0] <= TOLERANCE)


def _differences(network: str, width: int) -> Iterator[tuple[float, str]]:
    """(difference, pass) for each score, a training step, batch-norm's statistics and an evaluation."""
    import torch

    from prunesweep.core.measure.accuracy import evaluate
    from prunesweep.core.measure.batchnorm import reestimate
    from prunesweep.core.plan.models import ModelRef
    from prunesweep.core.plan.recipes import load_recipe
    from prunesweep.core.pruning.masks import prunable
    from prunesweep.core.pruning.own import OwnScoreFunction
    from prunesweep.core.pruning.scores import SCORES
    from prunesweep.core.pruning.subject import Subject
    from prunesweep.core.training.batches import normalise, plain_batches
    from prunesweep.core.training.datasets import Split
    from prunesweep.core.training.loop import train
    from prunesweep.core.training.models import build_model

    def fresh() -> torch.nn.Module:
        model = build_model(ModelRef(network, width, CLASSES), seed=0)
        for name, module in list(model.named_modules()):
            if isinstance(module, torch.nn.ReLU):
                # Smooth: rounding that carries one value across ReLU's corner would change gradients by per cents.
                model.set_submodule(name, torch.nn.SiLU())
        return model

    dice = torch.Generator().manual_seed(1)
    pixels = torch.randint(0, 256, (IMAGES, SIDE, SIDE, 3), generator=dice, dtype=torch.uint8).permute(0, 3, 1, 2)
    mean, std = torch.full((3,), 0.5), torch.full((3,), 0.3)
    split = Split(pixels, torch.arange(IMAGES) % CLASSES, tuple("abcd"), mean, std)
    everything = torch.arange(IMAGES)

    def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return plain_batches(split, everything, 0, 0, batch=IMAGES, count=1)

    def subject() -> Subject:
        return Subject(fresh(), batches=batches, image=(3, SIDE, SIDE))

    exact = fresh().double()
    right = Exact(exact, normalise(pixels, mean, std).double().contiguous(), split.labels)
    weights, gradients = dict(prunable(exact)), right.gradients()
    products = {name: weights[name].detach() * gradient for name, gradient in gradients.items()}
    squares = {name: gradient.square() for name, gradient in gradients.items()}
    own: dict[str, Callable[..., object]] = {
        "gradient": lambda gradient: gradient,
        "squares": lambda squares: squares,
    }
    for name, expected in (("gradient", gradients), ("squares", squares)):
        yield _worst(OwnScoreFunction(name, own[name], (name,))(subject()), expected), f"own score by {name}"
    for name, expected in (
        ("snip", {key: value.abs() for key, value in products.items()}),
        ("taylor", {key: value.square() for key, value in products.items()}),
        ("synflow", right.flows()),
    ):
        yield _worst(SCORES[name](subject()), expected), name

    recipe = replace(load_recipe("digits").dense, batch=IMAGES, validation=0.0, warmup=0.0, weight_decay=0.0, lr=1.0)
    recipe = replace(recipe, momentum=0.0, translate=0, flip="none", cutout=0, label_smoothing=0.0, precision="fp32")
    model = fresh()
    before = {name: weight.detach().clone() for name, weight in prunable(model)}
    list(train(model, {}, split, recipe, 1, 0, 0, "cpu"))
    moved = {name: before[name].double() - weight.detach().double() for name, weight in prunable(model)}
    yield _worst(moved, gradients), "training step"

    trained = fresh()
    evaluate(trained, split, torch.device("cpu"))  # leaves it in another layout
    reestimate(trained, split, torch.device("cpu"))
    found = {name: buffer for name, buffer in trained.named_buffers() if buffer.is_floating_point()}
    yield _worst(found, right.statistics()), "batch-norm"
    accuracy = evaluate(trained, split, torch.device("cpu"))
    yield abs(accuracy.loss / right.loss(trained) - 1), "evaluation"


class Exact:
    """A network in float64, on images that lie in memory as they are numbered."""

    def __init__(self, model, images, labels) -> None:  # type: ignore[no-untyped-def] # torch comes after the exec
        self.model, self.images, self.labels = model, images, labels

    def gradients(self):  # type: ignore[no-untyped-def]
        import torch

        from prunesweep.core.pruning.masks import prunable

        weights = dict(prunable(self.model))
        loss = torch.nn.functional.cross_entropy(self.model.train()(self.images), self.labels)
        found = torch.autograd.grad(loss, list(weights.values()))
        return dict(zip(weights, found, strict=True))

    def statistics(self):  # type: ignore[no-untyped-def]
        import copy

        import torch

        model = copy.deepcopy(self.model).train()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.reset_running_stats()
                module.momentum = None
        with torch.no_grad():
            model(self.images)
        return {name: buffer for name, buffer in model.named_buffers() if buffer.is_floating_point()}

    def flows(self):  # type: ignore[no-untyped-def]
        import copy

        import torch

        from prunesweep.core.pruning.masks import prunable

        model = copy.deepcopy(self.model).eval()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.reset_running_stats()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.abs_()
        weights = dict(prunable(model))
        flow = model(torch.ones_like(self.images[:1])).sum()
        found = torch.autograd.grad(flow, list(weights.values()))
        return {name: weights[name].detach() * gradient for name, gradient in zip(weights, found, strict=True)}

    def loss(self, model) -> float:  # type: ignore[no-untyped-def]
        import copy

        import torch

        with torch.no_grad():
            logits = copy.deepcopy(model).double().eval()(self.images)
        return float(torch.nn.functional.cross_entropy(logits, self.labels))


def _worst(found, expected) -> float:  # type: ignore[no-untyped-def]
    """The largest difference of a layer's numbers, relative to their norm; a layer that hardly matters counts less."""
    scale = max(float(value.norm()) for value in expected.values())
    return max(
        float((found[name].double() - value).norm()) / max(float(value.norm()), 1e-3 * scale, 1e-30)
        for name, value in expected.items()
    )


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
