"""`sweep doctor`: is everything there that a sweep needs?"""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import DevicesOption, ImageSizeOption, JsonOption, ResizeOption


def doctor(
    dataset: Annotated[
        str,
        typer.Option(
            "--dataset",
            metavar="NAME",
            help="Look for cifar10, cifar100, fashion-mnist, digits or imagefolder:PATH.",
            autocompletion=completion.DATASETS,
        ),
    ] = "cifar10",
    image_size: ImageSizeOption = "0",
    resize: ResizeOption = "crop",
    devices: DevicesOption = None,
    json_: JsonOption = False,
) -> None:
    """Check ledger, broker, artifact store, devices and dataset, one line each; exit code 1 if one is not well."""
    from prunesweep.orchestrator.cli.commands import doctor as command

    command.doctor(dataset, image_size, resize, devices, json_)
