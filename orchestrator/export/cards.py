"""Model cards: a Markdown file beside each exported one that says what it is. Every word is from the ledger."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prunesweep.core.images.preprocessing import CARD_ROW, CARD_SIZE
from prunesweep.core.ledger.queries.controls import DENSE
from prunesweep.core.ledger.queries.lineage import Lineage, TrainingStage
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.plan.layer_rules import EXEMPT
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import clean
from prunesweep.orchestrator.export.load_snippets import how_to_load

_ESCAPED = str.maketrans({character: f"\\{character}" for character in "\\`|<>[]*"})


@dataclass(frozen=True)
class CardFacts:
    """What a card is about.

    Attributes:
        dense: the dense network of the cell, not its pruned one.
        artifact: SHA-256.
    """

    sweep: SweepRow
    row: ReportRow
    origin: Lineage
    dense: bool
    artifact: str

    @property
    def stage(self) -> TrainingStage:
        return self.chain[-1]

    @property
    def chain(self) -> tuple[TrainingStage, ...]:
        """The stages that made it, in order."""
        made = self.origin.chain
        return tuple(stage for stage in made if "round" not in stage.spec) if self.dense else made


def card(subject: CardFacts, stem: str, endings: Sequence[str]) -> str:
    """Return the card's text.

    Args:
        stem: the exported file's name without its ending.
        endings: of all files of that stem that hold this network.
    """
    lines = [f"# {_word(stem)}", "", _summary(subject), "", *_table(_grid_point(subject))]
    if not subject.dense and subject.row.latency_pruned_ms is not None:
        lines += ["", "## Measured latency", "", *_table(_latency(subject))]
    layers = (subject.origin.dense_result if subject.dense else subject.origin.result).get("layers")
    chain = subject.chain
    if layers:
        lines += ["", "## Weights left, layer by layer", "", *_layers(layers, _rules(chain[-1]))]
    lines += ["", "## Recipe", "", *_rounds(chain), "", *_recipes(chain)]
    lines += ["", "## Provenance", "", *_table(_provenance(subject))]
    lines += ["", "## How to load it", "", *_how_to_load(subject, stem, endings)]
    return "\n".join(lines) + "\n"


def _how_to_load(subject: CardFacts, stem: str, endings: Sequence[str]) -> Iterable[str]:
    dataset, computed = subject.origin.dataset, subject.origin.channels
    how = "as given" if dataset.get("mean") else "of the training images' channels"
    known = dataset if dataset.get("mean") else computed
    if known.get("mean"):
        how += f" (mean {known['mean']} and standard deviation {known['std']})"
    spec = subject.stage.spec
    squares = (dataset["resize"], dataset["size"]) if dataset.get("size") else None
    smaller = spec.get("allocation") in CHANNELS
    return how_to_load(stem, endings, spec.get("model", {}), how, channels=smaller, squares=squares)


def is_about(content: str, artifact: str) -> bool:
    """Return whether a card is about that artifact."""
    return f"| {artifact} |" in content


def _summary(subject: CardFacts) -> str:
    row = subject.row
    wide = f" (width {row.width})" if row.width else ""
    made = f"imported from {_word(row.weights)}, tested on" if row.weights else "trained on"
    if row.weights and any(stage.spec.get("epochs") for stage in subject.chain):
        made = f"imported from {_word(row.weights)}, trained further on"
    what = f"{_word(row.model)}{wide}, {made} {_dataset(subject)}"
    if subject.dense:
        return f"{what}; the dense network that the sweep prunes. Test accuracy {_percent(row.top1_dense)}."
    where = " outside the exempt layers" if EXEMPT in _rules(subject.stage).values() else ""
    pruned = f"{what} and pruned to {100 * row.sparsity:g} % zeros{where} by {_word(row.algorithm)}"
    dense = f"of the dense network before pruning {_percent(row.top1_dense)}"
    if row.reference != DENSE:
        dense += f", of one trained as long ({row.reference}) {_percent(row.top1_reference)}"
    return f"{pruned}. Test accuracy {_percent(row.top1)}, {dense}."


def _dataset(subject: CardFacts) -> str:
    """Return its name; of an image folder its last part and what identifies its content, not where it lies."""
    spec = subject.origin.dataset
    path = folder_of(subject.row.dataset)
    if path is None:
        return _word(spec.get("name", subject.row.dataset))
    return _word(f"{spec['name']} {Path(path).name}, fingerprint {spec['fingerprint'][:16]}")


def _grid_point(subject: CardFacts) -> Iterable[tuple[str, str]]:
    row = subject.row
    found = subject.origin.dense_result if subject.dense else subject.origin.result
    yield "dataset", _dataset(subject)
    if size := subject.origin.dataset.get("size"):
        yield CARD_SIZE, f"{size} × {size} pixels ({subject.origin.dataset['resize']})"
    if mean := subject.origin.dataset.get("mean"):
        yield CARD_ROW, f"mean {mean}, standard deviation {subject.origin.dataset['std']}, as given"
    elif channels := subject.origin.channels:
        yield "training images' channels", f"mean {channels['mean']}, standard deviation {channels['std']}"
    yield "network", f"{_word(row.model)}, width {row.width}" if row.width else _word(_source(subject))
    if subject.dense:
        yield "algorithm", "none: dense, as imported" if len(subject.chain) == 1 and row.weights else "none: dense"
        yield "epochs", str(sum(stage.spec.get("epochs", 0) for stage in subject.chain))
    else:
        yield "algorithm", _word(row.algorithm)
        yield "sparsity asked", f"{100 * row.sparsity:g} %"
        yield "sparsity got", f"{_percent(row.sparsity_achieved)} (zeros among prunable weights, counted)"
        if row.layer_rules:
            yield "layer rules", _word(row.layer_rules.replace(",", ", "))
            without = f"{text.count(row.nonzero_counted)} of {text.count(row.total_counted)} weights left"
            yield "without the exempt layers", f"{_percent(row.sparsity_counted)}, {without}: what was asked for"
        yield "epochs a round", str(row.epochs)
        yield "rounds", str(row.iterations)
    yield "seed", str(row.seed)
    yield "top-1, dense before pruning", _percent(row.top1_dense)
    if not subject.dense:
        if row.reference != DENSE:
            yield f"top-1, {row.reference}", _percent(row.top1_reference)
        yield "top-1, right after the last pruning", _percent(row.top1_before)
        yield "top-1, after recovery", _percent(row.top1)
    if found.get("top5") is not None:
        yield "top-5", _percent(found["top5"])
    yield from _sizes(found)
    yield "multiply-adds an image", f"{text.count(found.get('macs'))} of {text.count(found.get('macs_dense'))}"


def _source(subject: CardFacts) -> str:
    """Return a network of another source: its name in the plan, which decides its code."""
    return str(subject.stage.spec.get("model", {}).get("name", subject.row.model))


def _sizes(found: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield weights left, by both ways to count them; the second is not known of older releases' networks."""
    yield "weights left", f"{text.count(found.get('nonzero'))} of {text.count(found.get('total'))} prunable ones"
    if found.get("params") is not None:
        left, all_ = found["params_nonzero"], found["params"]
        yield "parameters left", f"{text.count(left)} of {text.count(all_)}, biases and batch-norm too"
    ratios = ((found.get("total"), found.get("nonzero")), (found.get("params"), found.get("params_nonzero")))
    known = [text.times(all_ / left) if all_ and left else text.MISSING for all_, left in ratios]
    yield "compression", f"{known[0]} of the prunable weights, {known[1]} of all parameters"


def _latency(subject: CardFacts) -> Iterable[tuple[str, str]]:
    row, origin = subject.row, subject.origin
    engines = (row.latency_engine, origin.engine_version), (row.latency_dense_engine, origin.dense_version)
    pruned, dense = (_word(" ".join(filter(None, pair))) or text.MISSING for pair in engines)
    yield "this network", f"{text.number(row.latency_pruned_ms, 3)} ms a pass, {pruned} {_word(origin.dtype or '')}"
    yield "dense network, fastest dense engine", f"{text.number(row.latency_dense_ms, 3)} ms a pass, {dense}"
    edges = (row.latency_speedup_low, row.latency_speedup_high)
    ratio = text.speedup(row.latency_speedup, *edges, row.latency_p_adjusted)
    interval = f"{text.times(row.latency_speedup_low, 2)} to {text.times(row.latency_speedup_high, 2)}"
    yield "speed-up", f"{ratio}; 99 % interval {interval}"
    if row.latency_zeros_speedup is not None:
        alone = text.speedup(row.latency_zeros_speedup, row.latency_zeros_low, row.latency_zeros_high)
        interval = f"{text.times(row.latency_zeros_low, 2)} to {text.times(row.latency_zeros_high, 2)}"
        yield "speed-up by the zeros alone", f"{alone}; 99 % interval {interval}; the dense network in the same code"
    if row.latency_code is not None:
        yield "code that ran", _word(row.latency_code)
    if row.latency_null_low is not None and row.latency_null_high is not None:
        low, high = row.latency_null_low, row.latency_null_high
        disturbed = "" if low <= 1.0 <= high else "; disturbed, measure again on a quiet machine"
        yield "dense engine against itself", f"{text.times(low, 2)} to {text.times(high, 2)}{disturbed}"
    yield "images a pass", str(row.latency_batch)
    yield "CPU threads", str(row.latency_threads)
    yield "processor", _word(row.processor or text.MISSING)


def _rules(stage: TrainingStage) -> Mapping[str, str]:
    """Return layer → its rule, as the stage has it."""
    return dict(part.split("=", 1) for part in stage.spec.get("layers", "").split(",") if "=" in part)


def _layers(layers: Iterable[Mapping[str, Any]], rules: Mapping[str, str]) -> Iterable[str]:
    yield "| layer | weights left | in all | zeros | multiply-adds left | in all |" + (" rule |" if rules else "")
    yield "| :-- | --: | --: | --: | --: | --: |" + (" :-- |" if rules else "")
    for layer in layers:
        zeros = 1 - layer["nonzero"] / layer["total"]
        counts = (text.count(layer.get(key)) for key in ("macs", "macs_dense"))
        kept = (text.count(layer["nonzero"]), text.count(layer["total"]))
        rule = [_word(rules.get(layer["name"], ""))] if rules else []
        yield f"| {' | '.join([_word(layer['name']), *kept, _percent(zeros), *counts, *rule])} |"


def _rounds(chain: Sequence[TrainingStage]) -> Iterable[str]:
    """Yield what was done, stage by stage."""
    exempt = any(EXEMPT in _rules(stage).values() for stage in chain)
    zeros = "zeros asked outside the exempt layers" if exempt else "zeros asked"
    yield f"| stage | {zeros} | score | allocation | epochs | of the schedule | weights set back to | recipe |"
    yield "| :-- | --: | :-- | :-- | --: | --: | :-- | :-- |"
    for stage in chain:
        spec = stage.spec
        name = f"prune {spec['round']}" if "round" in spec else "import" if "tensors" in spec else "train"
        zeros = f"{100 * spec['sparsity']:.4g} %" if "sparsity" in spec else ""
        back = f"stage {spec['rewind'][:12]}" if spec.get("rewind") else ""
        words = (spec.get("score", ""), spec.get("allocation", ""), spec.get("epochs", ""))
        more = (_schedule(spec), back, _recipe_name(spec["recipe"]) if "recipe" in spec else "")
        yield f"| {' | '.join(_word(str(cell)) for cell in (name, zeros, *words, *more))} |"


def _schedule(spec: Mapping[str, Any]) -> str:
    """Return `28 to 30 of 30`: which epochs of the learning rate's schedule the stage trained."""
    before, epochs, after = (int(spec.get(key, 0)) for key in ("before", "epochs", "after"))
    if rest := max(0, int(spec.get("horizon", 0)) - epochs):  # as older releases wrote it
        before, after = (rest, 0) if "round" in spec else (0, rest)
    return f"{before + 1} to {before + epochs} of {before + epochs + after}" if epochs else ""


def _recipe_name(recipe: Mapping[str, Any]) -> str:
    return f"{recipe.get('name', text.MISSING)} v{recipe.get('version', text.MISSING)}"


def _recipes(chain: Sequence[TrainingStage]) -> Iterable[str]:
    """Yield every hyper-parameter, a column for each recipe that was used."""
    used = {_recipe_name(stage.spec["recipe"]): stage.spec["recipe"] for stage in chain if "recipe" in stage.spec}
    if not used:
        return
    yield f"| hyper-parameter | {' | '.join(map(_word, used))} |"
    yield f"| :-- |{' --: |' * len(used)}"
    keys = dict.fromkeys(key for recipe in used.values() for key in recipe if key not in ("name", "version"))
    for key in keys:
        yield f"| {_word(key)} | {' | '.join(_word(str(recipe.get(key, ''))) for recipe in used.values())} |"


def _provenance(subject: CardFacts) -> Iterable[tuple[str, str]]:
    stage = subject.stage
    submitted = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(subject.sweep.created_at))
    cell = "" if subject.dense else f", cell {subject.row.cell}"
    yield "sweep", f"{_word(subject.sweep.name)}{cell}, submitted {submitted}"
    if str(recipe := subject.sweep.grid.get("recipe", "")).endswith(".toml"):
        yield "recipe file", _word(Path(recipe).name)
    if subject.row.weights:
        yield "weights imported from", _word(subject.row.weights)
        yield "imported weights (SHA-256 of their tensors)", subject.row.weights_sha256
    yield "prunesweep, submitted with", _word(subject.sweep.version)
    yield "prunesweep, run by", _word(stage.version or text.MISSING)
    yield "device", _word(stage.slot or text.MISSING)
    yield "stage (SHA-256 of its plan)", stage.digest
    yield "stages before it", ", ".join(before.digest[:12] for before in _before(subject)) or "none"
    yield "artifact (SHA-256 of the checkpoint)", subject.artifact


def _before(subject: CardFacts) -> Sequence[TrainingStage]:
    return subject.chain[:-1]


def _table(rows: Iterable[tuple[str, str]]) -> Iterable[str]:
    yield "| | |"
    yield "| :-- | :-- |"
    yield from (f"| {name} | {value.strip()} |" for name, value in rows)


def _percent(fraction: float | None) -> str:
    return f"{text.percent(fraction)} %" if fraction is not None else text.MISSING


def _word(value: str) -> str:
    """Return a ledger's words fit for a table: one line, nothing in them that Markdown or a terminal would obey."""
    return clean(text.one_line(value, 300)).translate(_ESCAPED)
