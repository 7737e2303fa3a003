"""A device is tried before any stage gets it: one that is listed may still be unusable."""

import torch

from prunesweep.core.drivers import driver_version, least_driver, too_old
from prunesweep.core.errors import UserError


def try_device(name: str) -> torch.device:
    """Return the device, once it has computed something.

    name: `cpu` or `cuda:N`.

    Raises:
        UserError: torch cannot use it; the line says why.
    """
    device = torch.device(name)
    if device.type == "cpu":
        return device
    found = f"torch {torch.__version__} cannot use it"
    if torch.version.cuda is None and getattr(torch.version, "hip", None) is None:
        raise UserError("device", name, f"{found}: this torch is built for CPUs only; install one built for CUDA")
    try:
        if not torch.cuda.is_available():
            torch.zeros(1, device=device)  # raises what keeps it from being available
            raise UserError("device", name, f"{found}: {_unavailable()}")
        if (device.index or 0) >= torch.cuda.device_count():
            raise UserError("device", name, f"torch sees {torch.cuda.device_count()} CUDA devices")
        _compute(device)
    except (RuntimeError, AssertionError) as error:
        reason = too_old(torch.version.cuda, driver_version()) or str(error).strip().partition("\n")[0]
        raise UserError("device", name, f"{found}: {reason}") from error
    return device


def _unavailable() -> str:
    """Return why CUDA is not there, as far as it is known."""
    least = least_driver(torch.version.cuda or "")
    needs = f"; CUDA {torch.version.cuda} needs driver {least} or later" if least else ""
    return too_old(torch.version.cuda, driver_version()) or f"CUDA is not available{needs}"


def _compute(device: torch.device) -> None:
    """Compute a product and a convolution, and read the result back. Makes the context now, while nobody waits."""
    torch.cuda.set_device(device)
    ones = torch.ones(64, 64, device=device)
    image = torch.ones(1, 1, 8, 8, device=device)
    total = (ones @ ones).sum() + torch.nn.functional.conv2d(image, image[..., :3, :3]).sum()
    if float(total) != 64**3 + 9 * 36:
        raise RuntimeError(f"a sum came out as {float(total)}")
