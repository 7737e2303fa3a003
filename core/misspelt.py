"""Variables of the environment that look like settings and are none: mostly misspelt ones, which nothing would read."""

import re
from collections.abc import Mapping, MutableMapping

from prunesweep.core.errors import printable

PREFIX = "SWEEP_"
NAMES = frozenset(
    PREFIX + name
    for name in (
        *("HOME", "DATA_DIR", "IMAGEFOLDERS", "SCORES", "NETWORKS"),
        *("DATABASE_URL", "BROKER_URL", "ARTIFACTS_URL", "DASHBOARD_TOKEN"),
        *("DEVICES", "PER_DEVICE", "CPU_SLOT", "THREADS", "COMPILE", "IMAGES"),
        *("LEASE_SECONDS", "HEARTBEAT_SECONDS", "REPUBLISH_SECONDS", "SNAPSHOT_SECONDS", "SILENCE_SECONDS"),
        "ANSWER_SECONDS",
        *("MAX_ATTEMPTS", "KEEP_DAYS", "TRAINER_GROWTH_MB", "COST_PER_HOUR"),
    )
)
"""Every setting: what `prunesweep.core.settings` reads, and the dashboard's token."""
SHOWN = "_PRUNESWEEP_MISSPELT_SHOWN"
"""Set once they were shown: processes that are started from there do not show them again."""
_SERVICE = re.compile(r".*_(SERVICE_(HOST|PORT)|PORT)(_\w+)?")
"""What Kubernetes sets in a container for every service of its namespace, such as one that is called `sweep-db`."""
_NEAR = 0.55


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """Return `SWEEP_HOEM is no setting; did you mean SWEEP_HOME?` for each variable that is none. Its value may be a
    secret, and is in no line."""
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in NAMES)
    return [f"{printable(name)} is no setting{_nearest(name)}" for name in strange if not _SERVICE.fullmatch(name)]


def misspelt_once(environ: MutableMapping[str, str]) -> list[str]:
    """Return them, unless this process, or one that started it, has shown them already."""
    if environ.get(SHOWN):
        return []
    found = misspelt(environ)
    if found:
        environ[SHOWN] = "yes"
    return found


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # hardly ever needed, and every command starts here

    word = name.removeprefix(PREFIX).upper()[:100]
    near = get_close_matches(word, [known.removeprefix(PREFIX) for known in NAMES], n=1, cutoff=_NEAR)
    return f"; did you mean {PREFIX}{near[0]}?" if near else ""
