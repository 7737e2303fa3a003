"""What must be there before a machine starts to work; each check says in one line what is missing."""

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.broker import hints
from prunesweep.core.devices import parse_devices
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import Settings


def check_machine(settings: Settings, devices: str | None) -> str:
    """Return the devices to work on, as a list for `--devices`, once broker, ledger and artifact store have answered.

    devices: as given on the command line; None takes the setting. An embedded ledger is made, if all before it is well.

    Raises:
        UserError: the first thing that is not well, within about 3 s; secrets masked.
    """
    chosen = parse_devices(devices or settings.devices, "SWEEP_DEVICES" if devices is None else "--devices")
    hints.check(settings)
    open_ledger(settings).dispose()
    ArtifactStore.open(settings.artifacts_url, settings.home).check()
    return ",".join(chosen)
