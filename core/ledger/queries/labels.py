"""A stage in a few words, for people."""


def label_of(spec: str) -> str:
    """E.g. `prune 2 → 78.46 % · 3 epochs · seed 0`; the kind alone if the spec is another version's."""
    # Here, and not at the top: a status without a stage to name then starts a tenth sooner (bench/startup.py).
    from prunesweep.core.plan.stages import Benchmark, Evaluate, Import, PruneRound, Train, decode

    try:
        stage = decode(spec)
    except ValueError:
        return "stage of another version"
    match stage:
        case Import():
            return f"import {stage.model.name} {stage.tensors[:8]}"
        case Train():
            on = f" from {stage.before}" if stage.parent else ""
            return f"train · {_epochs(stage.epochs)}{on} · seed {stage.seed}"
        case PruneRound():
            to = f"{stage.sparsity * 100:.2f}".rstrip("0").rstrip(".")
            return f"prune {stage.round} → {to} % · {_epochs(stage.epochs)} · seed {stage.seed}"
        case Evaluate():
            return f"evaluate {stage.parent[:8]}" if stage.before else f"evaluate dense {stage.parent[:8]}"
        case Benchmark():
            again = f" · repeat {stage.repeat}" if stage.repeat else ""
            return f"benchmark {stage.parent[:8]} · {stage.device} × {stage.threads} · batch {stage.batch}{again}"
        case _:
            return f"sleep {stage.label} · {stage.seconds:g} s"


def _epochs(count: int) -> str:
    return f"{count} epoch" if count == 1 else f"{count} epochs"
