"""`sweep export`: checkpoints as files for other programs, each with a card that says what it is."""

from pathlib import Path
from typing import Any

from prunesweep.core.plan.axes import parse_count
from prunesweep.core.plan.engines import MOST_CALIBRATION
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.export.files import ExportOptions, plan_export


def export(
    *,
    sweep: str,
    folder: Path,
    form: str,
    values: str,
    calibration: str,
    names: str,
    compact: bool,
    no_cards: bool,
    force: bool,
    json_: bool,
) -> None:
    """Write the finished cells' networks, and the dense one: weights with the zeros in them, packed, or as ONNX."""
    images = parse_count(calibration, "calibration", 1, MOST_CALIBRATION)
    options = ExportOptions(form, values, names, force, cards=not no_cards, calibration=images, compact=compact)
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
    facts = []
    if "zstd_bytes" in event:
        facts.append(f"{text.size(event['zstd_bytes'])} with zstd")
    if "agreeing" in event:
        facts.append(f"int8: {text.percent(event['agreeing'])} % of the calibration images in the class of fp32")
    if "difference" in event:
        facts.append(f"checked: outputs differ by {event['difference']:.0e}")
    dead = sum(event.get("dead_channels", {}).values())
    if dead:
        facts.append(f"{text.plural(dead, 'dead channel')} left out")
    return f" ({', '.join(facts)})" if facts else ""
