"""Options that several commands share, declared once."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.run.request import GridRequest


def flag(name: str, text: str, short: str = "", **more: Any) -> Any:
    """Return an on/off option; its help shows no type. short: its one-letter form."""
    return typer.Option(name, *([short] if short else []), metavar="", help=text, **more)


_RULES = "crop[:N]|stretch[:N]|pad"
_HOW = "How: crop keeps the middle (crop:232: of 232 pixels); crop-bicubic: by that filter."
_RESIZES = completion.words("prunesweep.core.plan.resize_rules", "RESIZES")
SweepArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[SWEEP]",
        help="Name or number of a sweep; the latest when left out.",
        autocompletion=completion.sweeps,
    ),
]
NamedSweepArgument = Annotated[
    str, typer.Argument(metavar="SWEEP", help="Name or number of the sweep.", autocompletion=completion.sweeps)
]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME",
        help="resnet18, resnet18-cifar, resnet20(-a), resnet56(-a), vgg16-bn, torchvision:NAME, timm:NAME, "
        "FILE.py:FUNCTION.",
        autocompletion=completion.MODELS,
    ),
]
ModelArgsOption = Annotated[
    str | None,
    typer.Option("--model-args", metavar="JSON", help="Keyword arguments of a network that is not built in."),
]
ImageSizeOption = Annotated[
    str,
    typer.Option("--image-size", metavar="N", help="Resize an image folder's images to squares of that side; 0 = not."),
]
ResizeOption = Annotated[
    str,
    typer.Option(
        "--resize",
        metavar=_RULES,
        help=_HOW,
        autocompletion=_RESIZES,
    ),
]
TestShareOption = Annotated[
    str,
    typer.Option("--test-share", metavar="SHARE", help="Part of an undivided folder that is its test set, e.g. 0.2."),
]
DatasetOption = Annotated[
    str,
    typer.Option(
        "--dataset",
        metavar="NAME",
        help="cifar10, cifar100, fashion-mnist, digits, imagefolder:PATH or parquet:PATH.",
        autocompletion=completion.DATASETS,
    ),
]
DeviceOption = Annotated[
    str, typer.Option("--device", metavar="NAME", help="cpu or cuda.", autocompletion=completion.one("cpu", "cuda"))
]
MeanOption = Annotated[
    str, typer.Option("--mean", metavar="LIST", help="Normalise images by this mean, as a file was trained with.")
]
StdOption = Annotated[str, typer.Option("--std", metavar="LIST", help="And by this standard deviation.")]
ThreadsOption = Annotated[
    str, typer.Option("--threads", metavar="N", help="CPU threads; default SWEEP_THREADS, else all.")
]
JsonOption = Annotated[bool, flag("--json", "Print JSON, for programs.")]
DevicesOption = Annotated[
    str | None,
    typer.Option(
        "--devices",
        metavar="LIST",
        help="cpu, cuda:0,cuda:1 or all; default SWEEP_DEVICES, else all.",
        autocompletion=completion.one("all", "cpu", "cuda:0"),
    ),
]

PerDeviceOption = Annotated[
    str | None,
    typer.Option(
        "--per-device",
        metavar="N|auto",
        help="Trainers on each device; auto: as many as are measured to be worth it. Default SWEEP_PER_DEVICE, else 1.",
        autocompletion=completion.one("auto", "1", "2", "4"),
    ),
]


_AXES: dict[str, tuple[str, str]] = {
    "sparsity": ("LIST", "Fractions of zeros: 0.9, 90 or 90% are the same; e.g. 50,75,90."),
    "algorithm": ("LIST", "Pruning algorithms, e.g. oneshot,iterative."),
    "epochs": ("LIST", "Fine-tuning epochs per round, e.g. 3,5."),
    "rounds": ("LIST", "Rounds of pruning of iterative algorithms, e.g. 3,5."),
    "seeds": ("LIST", "Seeds, e.g. 0,1,2."),
    "dataset": ("NAME", "cifar10, cifar100, fashion-mnist, digits, imagefolder:PATH or parquet:PATH."),
    "image_size": ("N", "Resize an image folder's images to squares of that side, in pixels, e.g. 224."),
    "resize": (_RULES, _HOW),
    "test_share": ("SHARE", "Part of an undivided folder that is its test set, e.g. 0.2; 0.2:7 draws another."),
    "model": (
        "NAME",
        "resnet18, resnet18-cifar (no max-pool), resnet20(-a), resnet56(-a), vgg16-bn, torchvision:NAME, timm:NAME or "
        "FILE.py:FUNCTION.",
    ),
    "model_args": ("JSON", "Keyword arguments of a network that is not built in, e.g. '{\"dropout\": 0.1}'."),
    "width": ("N", "Channels of the network's first stage; as published when left out."),
    "weights": ("FILE", "Begin with trained weights: .pt, .safetensors, torchvision:NAME or timm:NAME."),
    "head": ("keep|new", "new: replace the weights' classifier by one for this dataset; needs --dense-epochs."),
    "dense_epochs": ("N", "Epochs of the dense network; with --weights of further training, 0 when left out."),
    "mean": ("LIST", "Normalise images by this mean, e.g. 0.4914,0.4822,0.4465; else the training images'."),
    "std": ("LIST", "And by this standard deviation, e.g. 0.2470,0.2435,0.2616."),
    "recipe": ("NAME", "Training recipe: default, study, digits or FILE.toml; follows the dataset when left out."),
    "bn_reestimate": ("true|false", "Accuracy right after pruning also with re-estimated batch-norm statistics."),
    "costs": ("NAME", "Cost profile of the algorithm latency: avx512 or FILE.toml from sweep costs."),
    "controls": ("true|false", "Add controls with each cell's own layer counts, e.g. random@snip."),
    "layers": ("RULES", "Which layers lose weights, e.g. first=dense,fc.weight=50%."),
    "bench_device": ("NAME", "Where latency is measured: cpu, cuda or none."),
    "bench_threads": ("N", "CPU threads while latency is measured."),
    "bench_batch": ("N", "Images per pass while latency is measured."),
    "bench_engines": ("LIST", "Engines that latency is measured with, e.g. torch,onnxruntime,openvino,sparse."),
}

_THROUGHPUT = "Train before evaluating and measuring, instead of finishing row after row; kept with the sweep."

_VALUES: Mapping[str, completion.Complete] = {
    "algorithm": completion.listed(completion.ALGORITHMS),
    "dataset": completion.DATASETS,
    "resize": _RESIZES,
    "model": completion.MODELS,
    "recipe": completion.one("default", "study", "digits"),
    "bn_reestimate": completion.one("true", "false"),
    "controls": completion.one("true", "false"),
    "costs": completion.one("avx512"),
    "bench_device": completion.one("cpu", "cuda", "none"),
    "bench_engines": completion.listed(completion.ENGINES),
}
"""What a shell may offer for an axis."""


def takes_grid(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose a grid; it gets them as its first argument, a `GridRequest`."""

    def run(grid: str | None, name: str | None, throughput: bool | None, **rest: Any) -> None:
        given = {axis: value for axis in _AXES if (value := rest.pop(axis)) is not None}
        command(GridRequest(grid, given, name, throughput), **rest)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    run.__signature__ = inspect.Signature([*_grid_parameters(), *own])  # type: ignore[attr-defined]
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def _grid_parameters() -> list[inspect.Parameter]:
    options: dict[str, Any] = {
        "grid": typer.Option(
            "--grid",
            "-g",
            metavar="NAME",
            help="full, classic, fair, demo or FILE.toml.",
            autocompletion=completion.GRIDS,
        )
    }
    for axis, (metavar, text) in _AXES.items():
        spelled = "--" + axis.replace("_", "-")
        options[axis] = typer.Option(
            spelled,
            metavar=metavar,
            help=text,
            rich_help_panel="Axes (each replaces the grid's)",
            autocompletion=_VALUES.get(axis),
        )
    options["name"] = typer.Option("--name", metavar="NAME", help="The sweep's name; made up when left out, and shown.")
    kinds: dict[str, Any] = {key: Annotated[str | None, option] for key, option in options.items()}
    kinds["throughput"] = Annotated[bool | None, flag("--throughput/--by-rows", _THROUGHPUT)]
    return [
        inspect.Parameter(key, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=kind)
        for key, kind in kinds.items()
    ]
