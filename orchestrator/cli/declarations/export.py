"""`sweep export`: checkpoints as files for other programs, each with a card that says what it is."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, NamedSweepArgument, flag

_FORMAT = "torch (a plain state_dict, .pt), safetensors, onnx, or packed (for inference without torch)."
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=_FORMAT,
        autocompletion=completion.one("torch", "safetensors", "onnx", "packed"),
    ),
]
_VALUES_HELP = "fp32; fp16 for kept weights in packed files, int8 for ONNX files."
ValuesOption = Annotated[
    str,
    typer.Option("--values", metavar="TYPE", help=_VALUES_HELP, autocompletion=completion.one("fp32", "fp16", "int8")),
]
NoCardsOption = Annotated[bool, flag("--no-cards", "No model card (.md) beside each file.")]
CompactOption = Annotated[
    bool,
    flag("--compact", "Leave pruned channels out of torch and safetensors files (onnx and packed never have them)."),
]


def export(
    sweep: NamedSweepArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made when missing.")],
    form: FormatOption = "torch",
    values: ValuesOption = "fp32",
    calibration: Annotated[
        str, typer.Option("--calibration", metavar="N", help="Training images that int8 is calibrated with.")
    ] = "500",
    names: Annotated[
        str,
        typer.Option(
            "--names",
            metavar="SCHEME",
            help="study (resnet18_prune_90perc_oneshot3.pt, …) or digest.",
            autocompletion=completion.one("study", "digest"),
        ),
    ] = "study",
    compact: CompactOption = False,
    no_cards: NoCardsOption = False,
    force: Annotated[bool, flag("--force", "Replace files that are there already.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write the finished cells' networks, and the dense one: weights with the zeros in them, packed, or as ONNX."""
    from prunesweep.orchestrator.cli.commands import export as command

    command.export(
        sweep=sweep,
        folder=folder,
        form=form,
        values=values,
        calibration=calibration,
        names=names,
        compact=compact,
        no_cards=no_cards,
        force=force,
        json_=json_,
    )
