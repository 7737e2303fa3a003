"""`sweep sensitivity`: what pruning each layer by itself costs, and the layer rules that this suggests."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import (
    DatasetOption,
    DeviceOption,
    ImageSizeOption,
    JsonOption,
    MeanOption,
    ModelArgsOption,
    ModelOption,
    ResizeOption,
    StdOption,
    TestShareOption,
    ThreadsOption,
)

_SCORE = "magnitude, random, shuffled, snip, taylor, synflow, wanda or FILE.py: which weights go first."


def sensitivity(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint, .pt or .safetensors.")],
    sparsity: Annotated[
        str, typer.Option("--sparsity", metavar="LIST", help="Of the one layer that is pruned, e.g. 50,75,90,95.")
    ] = "50,75,90,95",
    score: Annotated[
        str,
        typer.Option(
            "--score",
            metavar="NAME",
            help=_SCORE,
            autocompletion=completion.one("magnitude", "random", "shuffled", "snip", "taylor", "synflow", "wanda"),
        ),
    ] = "magnitude",
    images: Annotated[
        str, typer.Option("--images", metavar="N", help="Validation images at most; 0 = all that are held out.")
    ] = "1000",
    max_drop: Annotated[
        str, typer.Option("--max-drop", metavar="POINTS", help="What a layer may lose in the suggestion.")
    ] = "1",
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            metavar="NAME",
            help="Whose validation images: default, study, digits or FILE.toml; follows the dataset when left out.",
            autocompletion=completion.one("default", "study", "digits"),
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write .csv, .json, .txt, .toml, .html, .svg, .png or .pdf."
        ),
    ] = None,
    dataset: DatasetOption = "cifar10",
    image_size: ImageSizeOption = "",
    resize: ResizeOption = "",
    test_share: TestShareOption = "",
    model: ModelOption = "resnet18",
    model_args: ModelArgsOption = None,
    mean: MeanOption = "",
    std: StdOption = "",
    device: DeviceOption = "cpu",
    threads: ThreadsOption = "0",
    json_: JsonOption = False,
) -> None:
    """Prune each layer by itself and show what it costs, on validation images; suggest layer rules. Trains nothing."""
    from prunesweep.orchestrator.cli.commands import sensitivity as command
    from prunesweep.orchestrator.images import ImageOptions

    command.sensitivity(
        file=file,
        sparsity=sparsity,
        score=score,
        images=images,
        max_drop=max_drop,
        recipe=recipe,
        output=output,
        options=ImageOptions(dataset, image_size, resize, test_share, mean, std),
        model=model,
        model_args=model_args,
        device=device,
        threads=threads,
        json_=json_,
    )
