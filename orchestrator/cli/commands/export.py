"""`sweep export`: checkpoints as files for other programs, each with a card that says what it is."""

from pathlib import Path
from typing import Annotated, Any

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
_VALUES_HELP = "Kept weights in packed files: fp32 (exact) or fp16."
ValuesOption = Annotated[
    str, typer.Option("--values", metavar="TYPE", help=_VALUES_HELP, autocompletion=completion.one("fp32", "fp16"))
]
NoCardsOption = Annotated[bool, flag("--no-cards", "No model card (.md) beside each file.")]


def export(
    sweep: NamedSweepArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made when missing.")],
    form: FormatOption = "torch",
    values: ValuesOption = "fp32",
    names: Annotated[
        str,
        typer.Option(
            "--names",
            metavar="SCHEME",
            help="study (resnet18_prune_90perc_oneshot3.pt, …) or digest.",
            autocompletion=completion.one("study", "digest"),
        ),
    ] = "study",
    no_cards: NoCardsOption = False,
    force: Annotated[bool, flag("--force", "Replace files that are there already.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write the finished cells' networks, and the dense one: weights with the zeros in them, packed, or as ONNX."""
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.console import text
    from prunesweep.orchestrator.console.output import note, say, say_json
    from prunesweep.orchestrator.export.files import ExportOptions, plan_export

    options = ExportOptions(form, values, names, force, cards=not no_cards)
    planned = plan_export(load_settings(), sweep, folder, options)
    written = []
    for event in planned.write():
        written.append(event)
        if not json_:
            say(f"{event['path']}  {text.size(event['bytes'])}{_more(event)}")
    if planned.unfinished:
        note(f"note: {text.plural(planned.unfinished, 'cell')} not finished, so not exported; see: sweep status")
    if json_:
        say_json(written)


def _more(event: dict[str, Any]) -> str:
    """Return what is said of a packed or an ONNX file beside its size."""
    from prunesweep.orchestrator.console import text

    facts = []
    if "zstd_bytes" in event:
        facts.append(f"{text.size(event['zstd_bytes'])} with zstd")
    if "difference" in event:
        facts.append(f"checked: outputs differ by {event['difference']:.0e}")
    dead = sum(event.get("dead_channels", {}).values())
    if dead:
        facts.append(f"{text.plural(dead, 'dead channel')} left out")
    return f" ({', '.join(facts)})" if facts else ""
