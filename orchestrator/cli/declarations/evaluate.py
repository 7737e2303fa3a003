"""`sweep evaluate`: accuracy, sparsity and speed of checkpoint files, ours or anybody's."""

from pathlib import Path
from typing import Annotated

import typer

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

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Checkpoints, .pt or .safetensors; the first is the reference.")
]


def evaluate(
    files: FilesArgument,
    dataset: DatasetOption = "cifar10",
    image_size: ImageSizeOption = "",
    resize: ResizeOption = "",
    test_share: TestShareOption = "",
    model: ModelOption = "resnet18",
    model_args: ModelArgsOption = None,
    mean: MeanOption = "",
    std: StdOption = "",
    device: DeviceOption = "cpu",
    batch: Annotated[
        str, typer.Option("--batch", metavar="N", help="Images per pass while latency is measured.")
    ] = "1",
    threads: ThreadsOption = "0",
    int8: Annotated[
        str,
        typer.Option("--int8", metavar="N", help="Also in int8, calibrated with N training images, e.g. 500; CPU."),
    ] = "0",
    json_: JsonOption = False,
) -> None:
    """Test checkpoint files: accuracy, drop against the first, sparsity, time per image before and after."""
    from prunesweep.orchestrator.cli.commands import evaluate as command

    command.evaluate(
        files=files,
        dataset=dataset,
        image_size=image_size,
        resize=resize,
        test_share=test_share,
        model=model,
        model_args=model_args,
        mean=mean,
        std=std,
        device=device,
        batch=batch,
        threads=threads,
        int8=int8,
        json_=json_,
    )
