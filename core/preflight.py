"""What must be there before a machine starts to work; each check says in one line what is missing."""

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.broker import hints
from prunesweep.core.devices import parse_devices
from prunesweep.core.ledger.db.engine import new_ledger, open_ledger
from prunesweep.core.ledger.db.new_file import NotPlaced
from prunesweep.core.settings import Settings


def check_machine(settings: Settings, devices: str | None, *, keep: bool = True) -> str:
    """Return the devices to work on, as a list for `--devices`, once broker, ledger and artifact store have answered.

    Args:
        devices: as given on the command line; None takes the setting.
        keep: an embedded ledger that is not there is made, if every check before it passes.; else it is only tried.

    Raises:
        UserError: the first check that fails, within about 3 s; secrets masked.
    """
    chosen = parse_devices(devices or settings.devices, "SWEEP_DEVICES" if devices is None else "--devices")
    hints.check(settings)
    if keep or not _can_be_made(settings):
        open_ledger(settings).dispose()
    ArtifactStore.open(settings.artifacts_url, settings.home).check()
    return ",".join(chosen)


class _Tried(Exception):
    """Ends the making of a ledger."""


def _can_be_made(settings: Settings) -> bool:
    """Return whether there is no ledger yet, and one can be made; False where there is one.

    Raises:
        UserError: it cannot be made.
    """
    try:
        with new_ledger(settings) as engine:
            if engine is None:
                return False
            raise _Tried
    except (_Tried, NotPlaced):
        return True
