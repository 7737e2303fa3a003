"""Checks of what each row tells, and of what its stages were told."""

from dataclasses import fields

from core.plan.recipes import Recipe
from orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, Outcome, Subject, cells_of

MANY_CLASSES = 100


def setting(subject: Subject) -> Outcome:
    """Which network, data and metrics."""
    networks = sorted({f"{row.model} width {row.width} on {row.dataset}" for row in subject.rows})
    counted = sorted({row.total for row in subject.rows if row.total is not None})
    weights = f", {' or '.join(f'{total:,}' for total in counted)} prunable weights" if counted else ""
    metrics = "top1, top1_before, drop, compression, flop_speedup, as docs/commands.md defines them"
    return Outcome(PASS, f"{'; '.join(networks)}{weights}; metrics: {metrics}", cells_of(subject.rows[:1]))


def raw_accuracy(subject: Subject) -> Outcome:
    """Not only differences."""
    return _all_known(subject, ("top1",), "top-1 after recovery")


def control(subject: Subject) -> Outcome:
    """The same of the network before pruning."""
    what = "the dense network's top-1, multiply-adds and weights"
    return _all_known(subject, ("top1_dense", "macs_dense", "total"), what)


def both_ratios(subject: Subject) -> Outcome:
    """Compression and theoretical speed-up, never one alone."""
    return _all_known(subject, ("compression", "flop_speedup"), "compression and multiply-add ratio")


def top5(subject: Subject) -> Outcome:
    """Where there are many classes."""
    classes = int(subject.dataset.get("classes", 0))
    if classes < MANY_CLASSES:
        return Outcome(NOT_APPLICABLE, f"{classes} classes; asked for where there are many (here: {MANY_CLASSES})")
    return Outcome(FAIL, f"{classes} classes, and this program measures top-1 only")


def algorithms(subject: Subject) -> Outcome:
    """What each name stands for."""
    unknown = [row for row in subject.rows if subject.algorithm(row) is None]
    if unknown:
        names = ", ".join(sorted({row.algorithm for row in unknown}))
        return Outcome(FAIL, f"of another release, so not known here: {names}", cells_of(unknown))
    made = {row.algorithm: subject.algorithm(row) for row in subject.rows}
    shown = "; ".join(
        f"{name} = {one.score}, {one.allocation}, {one.schedule}, {one.recovery}" for name, one in made.items() if one
    )
    return Outcome(PASS, f"score, allocation, schedule, recovery: {shown}")


def comparisons(subject: Subject) -> Outcome:
    """No row is copied from a paper; what cannot be seen is how near a method is to its source."""
    unknown = [row for row in subject.rows if subject.algorithm(row) is None]
    if unknown:
        return Outcome(FAIL, "not known for algorithms of another release", cells_of(unknown))
    methods = len({row.algorithm for row in subject.rows})
    what = f"all {methods} algorithms were implemented, trained and measured by this program, no number is a paper's"
    return Outcome(PASS, f"{what}; their sources: docs/algorithms.md")


def hyper_parameters(subject: Subject) -> Outcome:
    """Each training's recipe is in its row, in full."""
    wanted = {field.name for field in fields(Recipe)}
    specs = subject.trained.specs
    lacking = {
        digest: wanted - spec.get("recipe", {}).keys()
        for digest, spec in specs.items()
        if not wanted <= spec.get("recipe", {}).keys()
    }
    if lacking:
        digest, missing = next(iter(lacking.items()))
        what = f"{len(lacking):,} of {len(specs):,} trainings lack some, {digest[:12]}: {', '.join(sorted(missing))}"
        return Outcome(FAIL, what)
    recipes = sorted({f"{spec['recipe']['name']} version {spec['recipe']['version']}" for spec in specs.values()})
    some = next(iter(specs), "")
    return Outcome(
        PASS, f"{', '.join(recipes)}: all {len(wanted)} values in each of {len(specs):,} trainings, e.g. {some[:12]}"
    )


def data(subject: Subject) -> Outcome:
    """Which images, and that all trainings had the same."""
    found = {
        (spec["dataset"]["name"], spec["dataset"]["fingerprint"], spec["dataset"]["classes"])
        for spec in subject.trained.specs.values()
        if "dataset" in spec
    }
    if len(found) != 1:
        return Outcome(FAIL, f"{len(found)} datasets in one sweep")
    [(name, fingerprint, classes)] = found
    which = f"{name}, {classes} classes" + (f", fingerprint {fingerprint[:12]}" if fingerprint else "")
    return Outcome(PASS, f"{which}, in all {len(subject.trained.specs):,} trainings; batch and augmentation: recipe")


def same_code(subject: Subject) -> Outcome:
    """One program trained, pruned and tested all methods."""
    versions = subject.trained.versions
    kinds = {(spec["kind"], spec["code"]) for spec in subject.trained.specs.values()}
    codes = ", ".join(f"{kind} {code}" for kind, code in sorted(kinds))
    if len({kind for kind, _ in kinds}) < len(kinds):
        return Outcome(FAIL, f"stages of several code versions in one sweep: {codes}")
    if not versions:
        return Outcome(NOT_APPLICABLE, "no training has ended yet, or no worker that ended one is known any more")
    gone = subject.trained.unknown_workers
    without = f", and {gone:,} trainings by workers that are no longer known" if gone else ""
    what = f"all methods ran in prunesweep {' and '.join(versions)}{without}; code versions: {codes}"
    return Outcome(PASS, f"{what}, the same for all; that torch was the same everywhere is not in the ledger")


def library_and_hardware(subject: Subject) -> Outcome:
    """The ledger knows the processors, not torch's version."""
    devices = sorted({name for row in subject.rows for name in (row.device, row.processor) if name})
    if not devices:
        return Outcome(FAIL, "nothing has been measured yet", cells_of(subject.rows))
    reason = "the ledger does not keep the versions of torch and its kernels that trained; state them yourself"
    return Outcome(NOT_APPLICABLE, f"hardware: {', '.join(devices)}; {reason}")


def _all_known(subject: Subject, names: tuple[str, ...], what: str) -> Outcome:
    lacking = [row for row in subject.rows if any(getattr(row, name) is None for name in names)]
    if lacking:
        return Outcome(FAIL, f"{len(lacking):,} of {len(subject.rows):,} rows lack {what}", cells_of(lacking))
    first = subject.rows[0]
    shown = ", ".join(f"{name} {_number(getattr(first, name))}" for name in names)
    return Outcome(PASS, f"{what} in all {len(subject.rows):,} rows; the first: {shown}", (first.cell,))


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
