"""`sweep doctor`: is everything there that a sweep needs?"""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import DevicesOption, JsonOption


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
    devices: DevicesOption = None,
    json_: JsonOption = False,
) -> None:
    """Check ledger, broker, artifact store, devices and dataset, one line each; exit code 1 if one is not well."""
    from prunesweep.orchestrator.cli.commands import doctor as command

    command.doctor(dataset, devices, json_)
