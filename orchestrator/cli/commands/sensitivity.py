"""`sweep sensitivity`: what pruning each layer by itself costs, and the layer rules that this suggests."""

import time
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.io import write_whole
from prunesweep.core.jobs.answers import Note, PrunedLayer, UnprunedNetwork
from prunesweep.core.jobs.programs import SENSITIVITY
from prunesweep.core.jobs.requests import Sensitivity
from prunesweep.core.plan.algorithms import CORRECTING, OF_CHANNELS, SCORES
from prunesweep.core.plan.axes import parse_count, parse_points, parse_sparsities, parse_sparsity
from prunesweep.core.plan.controls import WEIGHT_SCORES
from prunesweep.core.plan.networks import parse_model, with_arguments
from prunesweep.core.plan.own_scores import parse_score
from prunesweep.core.plan.recipes import load_recipe, recipe_for
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import flash, note, say, say_json, width
from prunesweep.orchestrator.images import ImageOptions, images_for
from prunesweep.orchestrator.sensitivity.files import as_json, check_output, content
from prunesweep.orchestrator.sensitivity.profile import Profile
from prunesweep.orchestrator.sensitivity.table import lines
from prunesweep.orchestrator.torch_client import ask, existing

_MOST_IMAGES = 100_000_000


def sensitivity(
    *,
    file: Path,
    sparsity: str,
    score: str,
    images: str,
    max_drop: str,
    recipe: str | None,
    output: Path | None,
    options: ImageOptions,
    model: str,
    model_args: str | None,
    device: str,
    threads: str,
    json_: bool,
) -> None:
    """Prune each layer by itself and show what it costs, on validation images; suggest layer rules. Trains nothing."""
    settings = load_settings()
    path = existing(file)
    levels = parse_sparsities(sparsity, "sparsity", _level)
    chosen, most = _read_score(score), parse_points(max_drop, "max-drop")
    count, cpus = parse_count(images, "images", 0, _MOST_IMAGES), parse_count(threads, "threads", 0, 1024)
    training = load_recipe(recipe or recipe_for(options.dataset)).finetune
    if not training.validation:
        raise UserError("recipe", recipe, "holds out no validation images; give one with validation above 0")
    form = "" if output is None else check_output(output)
    found = images_for([Path(path)], options, settings)
    own = Path(score).absolute().parent if score.endswith(".py") else settings.scores
    request = Sensitivity(
        file=path,
        dataset=found.ref,
        data=str(settings.data),
        model=parse_model(model) if model_args is None else with_arguments(parse_model(model), model_args),
        score=chosen,
        sparsities=tuple(sorted(levels)),
        images=count,
        validation=training.validation,
        training_batch=training.batch,
        device=device,
        threads=cpus or settings.threads,
        scores=str(own or ""),
        places=tuple(found.places),
    )
    need("worker", "sensitivity", modules=("torch",))
    profile = _measured(request, file.name, score, most)
    if json_:
        say_json(as_json(profile))
    else:
        say(*lines(profile, width()))
    if output is not None:
        write_whole(output, content(profile, form))
        note(f"written: {output}")


def _read_score(score: str) -> str:
    """Return the score; raise UserError for one that does not rank a layer's weights alone."""
    chosen = parse_score(score, "score", SCORES)
    if chosen in OF_CHANNELS:
        ranking = ", ".join(one for one in WEIGHT_SCORES if one not in CORRECTING)
        raise UserError("score", chosen, f"ranks whole channels, not a layer's weights; choose one of {ranking}")
    if chosen in CORRECTING:
        fix = "changes the weights that stay as well, and here they are left as they are; give another one, e.g. wanda"
        raise UserError("score", score, fix)
    return chosen


def _level(value: object) -> float:
    found = parse_sparsity(value, "sparsity")
    if not found:
        raise UserError("sparsity", value, "prunes nothing; the network as it is comes first anyway, leave it out")
    return found


def _measured(request: Sensitivity, name: str, score: str, max_drop: float) -> Profile:
    """Return what the program finds, with a line of progress and the time that is left."""
    before: UnprunedNetwork | None = None
    layers: list[PrunedLayer] = []
    began = 0.0
    for event in ask(SENSITIVITY, request):
        if isinstance(event, Note):
            note(f"note: {Path(event.path).name}: {event.text}")
        elif isinstance(event, UnprunedNetwork):
            before, began = event, time.monotonic()
        elif isinstance(event, PrunedLayer):
            layers.append(event)
        else:
            left = _left(before, began, event.done, event.total)
            flash(f"{event.what}: {event.done:,} of {event.total:,} images{left}")
    flash("")
    if before is None or not layers:
        raise UserError("file", name, "has no layer that could be pruned")
    return Profile(name, request.dataset.label, score, before, tuple(layers), max_drop)


def _left(before: UnprunedNetwork | None, began: float, done: int, total: int) -> str:
    """Return how long the rest takes, at the rate so far; "" as long as nobody knows."""
    if before is None or done <= before.images:
        return ""
    rate = (time.monotonic() - began) / (done - before.images)
    return f", {text.duration(rate * (total - done))} left"
