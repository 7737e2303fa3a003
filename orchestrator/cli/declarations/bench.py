"""`sweep bench`: checkpoint files in every engine, against the fastest dense one."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import DeviceOption, JsonOption, ModelArgsOption, ModelOption


def bench(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Checkpoints (.pt, .safetensors), ONNX files.")
    ],
    engines: Annotated[
        str | None,
        typer.Option(
            "--engines",
            metavar="LIST",
            help="E.g. torch,onnxruntime,sparse; default all that can be used.",
            autocompletion=completion.listed(completion.ENGINES),
        ),
    ] = None,
    threads: Annotated[str, typer.Option("--threads", metavar="LIST", help="CPU threads, e.g. 1,2.")] = "1",
    batch: Annotated[str, typer.Option("--batch", metavar="LIST", help="Images per pass, e.g. 1,64.")] = "1",
    device: DeviceOption = "cpu",
    model: ModelOption = "resnet18",
    model_args: ModelArgsOption = None,
    image: Annotated[
        str | None,
        typer.Option(
            "--image",
            "--image-size",
            metavar="N",
            help="Side of the images in pixels; default as a file beside the first checkpoint says, else 32.",
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Is it really faster? Times checkpoint files in every engine, side by side with the fastest dense one."""
    from prunesweep.orchestrator.cli.commands import bench as command

    command.bench(
        files=files,
        engines=engines,
        threads=threads,
        batch=batch,
        device=device,
        model=model,
        model_args=model_args,
        image=image,
        json_=json_,
    )
