"""One home with its ledger and its workers."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.plan.dag import Plan
from prunesweep.core.settings import Settings, load_settings
from tests.chaos import work
from tests.chaos.cluster import Cluster, environment
from tests.chaos.work import Size


@dataclass
class Site:
    """One home with its ledger and workers. plans: the sweeps submitted so far, by the sweep's id."""

    settings: Settings
    engine: Engine
    cluster: Cluster
    plans: dict[int, Plan] = field(default_factory=dict)

    def submit(self, size: Size) -> None:
        """Adds the next sweep."""
        number = len(self.plans)
        planned = size.plan(number)
        self.plans[work.submit(self.engine, planned, number)] = planned


def open_site(stack: ExitStack, home: Path, workers: int, variables: dict[str, str]) -> Site:
    """Makes the ledger and starts the workers; the stack takes it all down again. variables: of their environment."""
    env = environment(home, **variables)
    settings = load_settings(env)
    engine = open_ledger(settings, upgrade=True)
    stack.callback(engine.dispose)
    cluster = Cluster(home, env, workers)
    stack.callback(cluster.stop, 10.0)
    cluster.start()
    return Site(settings, engine, cluster)


@contextmanager
def variables_set(values: dict[str, str]) -> Iterator[None]:
    """These environment variables for a while, for the store that this process opens itself."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
