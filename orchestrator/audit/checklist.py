"""The checklist of Blalock, Gonzalez Ortiz, Frankle & Guttag 2020, "What is the State of Neural Network Pruning?"
(arXiv:2003.03033), for one sweep: its recommendations and its appendix for authors and reviewers.

Every item's text is a paraphrase, none is a quotation: the paper's own text was not at hand when they were written and
when they were last gone through, so wording, grouping and completeness are not checked against it (docs/comparing.md
says so to users). Where a number or a check is ours, the evidence says it. What no tool can know is n/a.
"""

from collections.abc import Callable

from prunesweep.orchestrator.audit import baselines, facts, spread
from prunesweep.orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, AuditedSweep, ChecklistItem, ItemResult

_ADVICE, _LIST, _OURS = "recommendations", "appendix", "prunesweep"
"""Where an item is from: paraphrases of the paper's two lists, and our own."""


def _unknowable(reason: str) -> Callable[[AuditedSweep], ItemResult]:
    """Return the check of what is about a text or a whole study, not about a sweep."""
    return lambda _: ItemResult(NOT_APPLICABLE, reason)


def _artifacts(subject: AuditedSweep) -> ItemResult:
    found = subject.verified
    if found is None:
        return ItemResult(NOT_APPLICABLE, "not asked for: --verify")
    if found.wrong:
        return ItemResult(FAIL, f"{len(found.wrong):,} wrong; the first: {found.wrong[0]}")
    return ItemResult(PASS, f"{found.artifacts:,} artifacts: hash, masks, weights counted as the rows say")


def _accuracies(subject: AuditedSweep) -> ItemResult:
    found = subject.verified
    if found is None:
        return ItemResult(NOT_APPLICABLE, "not asked for: --verify")
    if not found.read:
        return ItemResult(NOT_APPLICABLE, "nothing has been evaluated yet")
    bad = [one for one in found.read if not one.agrees]
    if bad:
        first = bad[0]
        again = first.error or f"top-1 {first.again}, the row says {first.ledger}"
        cells = tuple(one.cell for one in bad if one.cell)
        return ItemResult(FAIL, f"{len(bad):,} of {len(found.read):,} differ; {first.artifact[:12]}: {again}", cells)
    apart = max(abs((one.again or 0.0) - one.ledger) for one in found.read)
    images = found.read[0].images
    return ItemResult(
        PASS, f"{len(found.read):,} networks on {images:,} test images; largest difference {100 * apart:.3f} points"
    )


ITEMS = (
    ChecklistItem("setting", "architecture, dataset and metrics named exactly", _ADVICE, facts.setting),
    ChecklistItem(
        "architecture",
        "the network is the published one, or its differences are stated",
        _ADVICE,
        facts.architecture,
    ),
    ChecklistItem("no-toy", "no toy: neither tiny images nor a slimmed network", _OURS, facts.not_a_toy),
    ChecklistItem(
        "three-pairs",
        "at least three pairs of dataset and architecture, large modern ones among them",
        _ADVICE,
        _unknowable("a sweep is one dataset and one network; this is for the study that your sweeps make up"),
    ),
    ChecklistItem("both-ratios", "compression ratio and theoretical speed-up", _ADVICE, facts.both_ratios),
    ChecklistItem(
        "zeros-alone", "which code ran, and what of a speed-up is the zeros' doing", _OURS, facts.zeros_alone
    ),
    ChecklistItem("top-5", "top-1 and top-5 where there are many classes", _ADVICE, facts.top5),
    ChecklistItem("raw-accuracy", "raw accuracy at every point", _LIST, facts.raw_accuracy),
    ChecklistItem("control", "the same metrics of the network before pruning", _ADVICE, facts.control),
    ChecklistItem("above-chance", "networks that learned something: accuracy above chance", _OURS, facts.above_chance),
    ChecklistItem("points", "at least five operating points over a range of ratios", _ADVICE, spread.operating_points),
    ChecklistItem("extremes", "up to ratios at which accuracy declines substantially", _LIST, spread.extremes),
    ChecklistItem("seeds", "several initialisations and seeds, with mean and standard deviation", _LIST, spread.seeds),
    ChecklistItem("random", "a baseline of global random pruning", _LIST, baselines.random_global),
    ChecklistItem(
        "layer-random", "a random baseline with the method's layer proportions", _LIST, baselines.layer_random
    ),
    ChecklistItem("magnitude", "a baseline of global or uniform magnitude pruning", _LIST, baselines.magnitude),
    ChecklistItem(
        "layer-magnitude",
        "a magnitude baseline with the method's layer proportions",
        _LIST,
        baselines.same_layers_magnitude,
    ),
    ChecklistItem("same-code", "one library, one data loading, one code for all methods", _ADVICE, facts.same_code),
    ChecklistItem("algorithms", "algorithms and their parts, in enough detail", _LIST, facts.algorithms),
    ChecklistItem("hyper-parameters", "hyper-parameters complete", _LIST, facts.hyper_parameters),
    ChecklistItem("data", "the dataset and how its images are varied", _LIST, facts.data),
    ChecklistItem("hardware", "library and hardware described", _LIST, facts.library_and_hardware),
    ChecklistItem(
        "curves",
        "trade-off curves drawn beside those of competing methods",
        _ADVICE,
        _unknowable("drawing is yours: sweep report --format csv has every point"),
    ),
    ChecklistItem(
        "prior-work",
        "compared with recent methods and with those before 2010",
        _LIST,
        _unknowable("which methods are recent is for you to know; those here: docs/algorithms.md"),
    ),
    ChecklistItem("comparisons", "how the numbers of every method came about", _LIST, facts.comparisons),
    ChecklistItem("claims", "claims no wider than the experiments", _LIST, _unknowable("about your text")),
    ChecklistItem("source-code", "source code to download", _LIST, _unknowable("about your text")),
    ChecklistItem("artifacts", "every row's artifact: hash, masks and counts (--verify)", _OURS, _artifacts),
    ChecklistItem("accuracies", "every row's accuracy, read again (--verify)", _OURS, _accuracies),
)


def audit(subject: AuditedSweep) -> list[tuple[ChecklistItem, ItemResult]]:
    """Return every item with its outcome, in the order of `ITEMS`."""
    return [(item, item.check(subject)) for item in ITEMS]
