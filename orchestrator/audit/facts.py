"""Checks of what each row reports, and of what its stages were given."""

from dataclasses import MISSING, fields

from prunesweep.core.ledger.queries.ran import KEYS, in_words
from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.published import PUBLISHED, toys
from prunesweep.core.plan.recipes import Recipe
from prunesweep.core.plan.stages import TOP5_CLASSES
from prunesweep.orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, AuditedSweep, ItemResult, cells_of
from prunesweep.orchestrator.report.caption import toys_of
from prunesweep.orchestrator.report.validity import imported, nothing_learned


def setting(subject: AuditedSweep) -> ItemResult:
    """Return which network, data and metrics."""
    networks = sorted(
        {f"{row.model}{f' width {row.width}' if row.width else ''} on {row.dataset}" for row in subject.rows}
    )
    counted = sorted({row.total for row in subject.rows if row.total is not None})
    weights = f", {' or '.join(f'{total:,}' for total in counted)} prunable weights" if counted else ""
    metrics = "top1, top1_before, drop, compression, compression_all, flop_speedup, as docs/commands.md defines them"
    said = "".join(f"; toy: {one}" for one in _toys(subject))
    found = "".join(f"; {line}" for line in imported(subject.rows))
    return ItemResult(
        PASS, f"{'; '.join(networks)}{weights}{found}{said}; metrics: {metrics}", cells_of(subject.rows[:1])
    )


def architecture(subject: AuditedSweep) -> ItemResult:
    """Return whether the network is the one that was published under its name, and what differs."""
    networks = sorted({(row.model, row.width) for row in subject.rows})
    unknown = [name for name, _ in networks if name not in PUBLISHED]
    if unknown:
        return ItemResult(
            NOT_APPLICABLE, f"{', '.join(unknown)}: not one of ours; state how it differs from its source"
        )
    shown = "; ".join(_differences(name, width) for name, width in networks)
    other = [row for row in subject.rows if row.width != MODELS[row.model]]
    if other:
        return ItemResult(FAIL, f"another network than the published one: {shown}", cells_of(other))
    return ItemResult(PASS, f"state these differences beside every published number: {shown}")


def _differences(name: str, width: int) -> str:
    found = PUBLISHED[name]
    wide = () if width == MODELS[name] else (f"width {width} instead of {MODELS[name]}",)
    return f"{name} ({found.source}): {', '.join((*wide, *found.differences))}"


def not_a_toy(subject: AuditedSweep) -> ItemResult:
    """Check for data and networks on which differences between methods say something of those that are used."""
    found = _toys(subject)
    if found:
        what = f"toy, and claims hold for it alone: {'; '.join(found)}"
        return ItemResult(FAIL, what, cells_of(row for row in subject.rows if toys(row.dataset, row.model, row.width)))
    return ItemResult(PASS, "no data and no width that we count as a toy; large modern pairs are another matter")


def _toys(subject: AuditedSweep) -> list[str]:
    return toys_of(subject.rows)


def raw_accuracy(subject: AuditedSweep) -> ItemResult:
    """Not only differences."""
    return _all_known(subject, ("top1",), "top-1 after recovery")


def control(subject: AuditedSweep) -> ItemResult:
    """Return the same of the network before pruning."""
    what = "the dense network's top-1, multiply-adds and weights"
    return _all_known(subject, ("top1_dense", "macs_dense", "total"), what)


def both_ratios(subject: AuditedSweep) -> ItemResult:
    """Check for compression, of all parameters as papers count it, and theoretical speed-up, never one alone."""
    what = "compression (of prunable weights, of all parameters) and multiply-add ratio"
    return _all_known(subject, ("compression", "compression_all", "flop_speedup"), what)


def zeros_alone(subject: AuditedSweep) -> ItemResult:
    """Return the measured speed-up beside that over the dense network in the same code, and what that code was."""
    measured = [row for row in subject.rows if row.latency_speedup is not None]
    if not measured:
        return ItemResult(NOT_APPLICABLE, "no latency was measured")
    without = [row for row in measured if row.latency_zeros_speedup is None or row.latency_code is None]
    if without:
        counts = f"{len(without):,} of {len(measured):,} measured cells"
        what = f"{counts} have no dense network in the same code; submit the grid again to measure them"
        return ItemResult(FAIL, what, cells_of(without))
    best = max(measured, key=lambda row: row.latency_speedup or 0.0)
    codes = ", ".join(sorted({str(row.latency_code) for row in measured}))
    return ItemResult(
        PASS,
        f"up to {best.latency_speedup:.2f}× over the fastest dense engine, of which the zeros alone bring"
        f" {best.latency_zeros_speedup:.2f}×; code that ran: {codes}",
        cells_of([best]),
    )


def top5(subject: AuditedSweep) -> ItemResult:
    """Return where there are many classes."""
    classes = int(subject.dataset.get("classes", 0))
    if classes < TOP5_CLASSES:
        return ItemResult(NOT_APPLICABLE, f"{classes} classes; asked for where there are many (here: {TOP5_CLASSES})")
    return _all_known(subject, ("top1", "top5", "top5_dense"), f"top-1 and top-5 ({classes} classes)")


def algorithms(subject: AuditedSweep) -> ItemResult:
    """Return what each name stands for."""
    unknown = [row for row in subject.rows if subject.algorithm(row) is None]
    if unknown:
        names = ", ".join(sorted({row.algorithm for row in unknown}))
        return ItemResult(FAIL, f"of another release, so not known here: {names}", cells_of(unknown))
    made = {row.algorithm: subject.algorithm(row) for row in subject.rows}
    shown = "; ".join(
        f"{name} = {one.score}, {one.allocation}, {one.schedule}, {one.recovery} from {one.start}, {one.anneal}"
        for name, one in made.items()
        if one
    )
    rules = subject.rows[0].layer_rules
    ruled = f"; layer rules: {rules.replace(',', ', ')}" if rules else "; no layer rules"
    what = "score, allocation, schedule, recovery from start, annealing each round or once"
    return ItemResult(PASS, f"{what}: {shown}{ruled}")


def comparisons(subject: AuditedSweep) -> ItemResult:
    """Compare nothing but own runs: no row is copied from a paper; what cannot be seen is how near a method is to its
    source."""
    unknown = [row for row in subject.rows if subject.algorithm(row) is None]
    if unknown:
        return ItemResult(FAIL, "not known for algorithms of another release", cells_of(unknown))
    methods = len({row.algorithm for row in subject.rows})
    what = f"all {methods} algorithms were implemented, trained and measured by this program, no number is a paper's"
    return ItemResult(PASS, f"{what}; their sources: docs/algorithms.md")


def hyper_parameters(subject: AuditedSweep) -> ItemResult:
    """Check that each training's recipe is in its row, in full."""
    wanted = {field.name for field in fields(Recipe) if field.default is MISSING}
    specs = subject.trained.specs
    lacking = {
        digest: wanted - spec.get("recipe", {}).keys()
        for digest, spec in specs.items()
        if not wanted <= spec.get("recipe", {}).keys()
    }
    if lacking:
        digest, missing = next(iter(lacking.items()))
        what = f"{len(lacking):,} of {len(specs):,} trainings lack some, {digest[:12]}: {', '.join(sorted(missing))}"
        return ItemResult(FAIL, what)
    recipes = sorted({f"{spec['recipe']['name']} version {spec['recipe']['version']}" for spec in specs.values()})
    what = f"{', '.join(recipes)}: all {len(wanted)} values in each of {len(specs):,} trainings"
    if imported(subject.rows):
        what += "; how the imported weights were trained before is not known here, state it yourself"
    return _ran_alike(subject, what)


def _ran_alike(subject: AuditedSweep, what: str) -> ItemResult:
    """Return what carried the trainings out is part of how: a difference in number format or library version is one of
    hyper-parameters, one in device or threads is reported."""
    ran = list(subject.trained.ran.values())
    differing = [key for key in KEYS if key != "resumed" and len({str(one.get(key)) for one in ran}) > 1]
    ways = "; ".join(sorted({in_words(one) for one in ran}))
    unknown = len(subject.trained.specs) - len(ran)
    without = f"; not known of {unknown:,} trainings, not done or by an older release" if unknown else ""
    apart = f", not alike in {', '.join(differing)}" if differing else ""
    return ItemResult(
        FAIL if {"numbers", "torch", "kernels"} & set(differing) else PASS,
        f"{what}{apart}; ran: {ways or 'not known'}{without}",
    )


def data(subject: AuditedSweep) -> ItemResult:
    """Return which images, and that all trainings had the same."""
    found = {
        (
            spec["dataset"]["name"],
            spec["dataset"]["fingerprint"],
            spec["dataset"]["classes"],
            spec["dataset"].get("mean", ""),
            spec["dataset"].get("std", ""),
        )
        for spec in subject.trained.specs.values()
        if "dataset" in spec
    }
    if len(found) != 1:
        return ItemResult(FAIL, f"{len(found)} datasets in one sweep")
    [(name, fingerprint, classes, mean, std)] = found
    which = f"{name}, {classes} classes" + (f", fingerprint {fingerprint[:12]}" if fingerprint else "")
    which += f", normalised by mean {mean} and std {std}" if mean else ""
    return ItemResult(PASS, f"{which}, in all {len(subject.trained.specs):,} trainings; batch and augmentation: recipe")


def same_code(subject: AuditedSweep) -> ItemResult:
    """Return one program trained, pruned and tested all methods."""
    versions = subject.trained.versions
    kinds = {(spec["kind"], spec["code"]) for spec in subject.trained.specs.values()}
    codes = ", ".join(f"{kind} {code}" for kind, code in sorted(kinds))
    if len({kind for kind, _ in kinds}) < len(kinds):
        return ItemResult(FAIL, f"stages of several code versions in one sweep: {codes}")
    if not versions:
        return ItemResult(NOT_APPLICABLE, "no training has ended yet, or no worker that ended one is known any more")
    gone = subject.trained.unknown_workers
    without = f", and {gone:,} trainings by workers that are no longer known" if gone else ""
    what = f"all methods ran in prunesweep {' and '.join(versions)}{without}; code versions: {codes}"
    return ItemResult(PASS, f"{what}, the same for all; whether torch was: hyper-parameters")


def library_and_hardware(subject: AuditedSweep) -> ItemResult:
    """Check for processors, torch and its kernels, as the trainers and the benchmarks reported them."""
    devices = sorted({name for row in subject.rows for name in (row.device, row.processor) if name})
    if not devices:
        return ItemResult(FAIL, "nothing has been measured yet", cells_of(subject.rows))
    ran = subject.trained.ran.values()
    if not ran:
        reason = "an older release did not keep the versions of torch and its kernels; state them yourself"
        return ItemResult(NOT_APPLICABLE, f"hardware: {', '.join(devices)}; {reason}")
    versions = sorted({f"torch {one.get('torch')}, {one.get('kernels')}, {one.get('instructions')}" for one in ran})
    return ItemResult(PASS, f"hardware: {', '.join(devices)}; trained with {'; '.join(versions)}")


def above_chance(subject: AuditedSweep) -> ItemResult:
    """Check that the networks are above chance: those that learned nothing prove nothing."""
    known = [row for row in subject.rows if row.at_chance is not None]
    if not known:
        return ItemResult(NOT_APPLICABLE, "nothing has been evaluated yet, or by an older release")
    found = nothing_learned(subject.rows)
    if any(row.dense_at_chance for row in subject.rows):
        return ItemResult(FAIL, "; ".join(found), cells_of(row for row in subject.rows if row.dense_at_chance))
    if found:
        return ItemResult(
            PASS, f"the dense networks learned; {found[0]}", cells_of(row for row in known if row.at_chance)
        )
    return ItemResult(
        PASS, f"all of {len(known):,} rows and their dense networks are above chance by two standard errors"
    )


def _all_known(subject: AuditedSweep, names: tuple[str, ...], what: str) -> ItemResult:
    lacking = [row for row in subject.rows if any(getattr(row, name) is None for name in names)]
    if lacking:
        return ItemResult(FAIL, f"{len(lacking):,} of {len(subject.rows):,} rows lack {what}", cells_of(lacking))
    first = subject.rows[0]
    shown = ", ".join(f"{name} {_number(getattr(first, name))}" for name in names)
    return ItemResult(PASS, f"{what} in all {len(subject.rows):,} rows; the first: {shown}", (first.cell,))


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
