"""`sweep cancel` and `sweep retry`."""

from dataclasses import asdict

from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.control import cancel as cancel_sweep
from prunesweep.core.ledger.queue.control import retry as retry_sweep
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run.submission import next_step, send_hints
from prunesweep.orchestrator.status.remedies import advice, will_fail_again


def cancel(sweep: str, json_: bool) -> None:
    """Stop a sweep; stages that another sweep wants too continue."""
    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        stopped = cancel_sweep(engine, found.id)
    if json_:
        say_json({"name": found.name, **asdict(stopped)})
        return
    if not (stopped.waiting or stopped.running or stopped.shared):
        say(f"{found.name}: nothing to cancel, it has ended")
        return
    say(
        f"{found.name}: {plural(stopped.waiting, 'waiting stage')} cancelled, {stopped.running:,} running asked to stop"
    )
    if stopped.shared:
        say(f"{plural(stopped.shared, 'stage')} left alone: another sweep wants them")
    say(f"resume it later: sweep retry {found.name}")


def retry(sweep: str | None, json_: bool) -> None:
    """Give failed, quarantined and cancelled stages of a sweep a new start."""
    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        hopeless = will_fail_again(sweep_status(engine, found.id).failed)
        ready = retry_sweep(engine, found.id)
        hints = in_order(engine, ready)
        ended = sweep_status(engine, found.id).ended
        step = "" if ended else next_step(engine, settings, found.name, len(ready) or 1)
    problem = send_hints(settings, hints)
    if problem:
        note(f"note: {problem}")
    for line in advice(found.name, hopeless):
        note(f"note: a retry alone does not help {plural(len(hopeless), 'stage')}; {line}")
    if json_:
        say_json({"name": found.name, "ready": list(ready)})
        return
    outcome = "nothing to retry" if ended else f"retried, {plural(len(ready), 'stage')} ready"
    say(f"{found.name}: {outcome}", *([step] if step else []))
