"""Which devices a machine has, and which a worker serves; found out without torch."""

import os
import platform
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prunesweep.core.errors import UserError

_FIX = "give cpu, cuda, cuda:0,cuda:1, … or all"
_CUDA = re.compile(r"cuda:(\d{1,3})")
_UUID = re.compile(r"UUID: ([A-Za-z0-9/-]+)")
_PROBE_SECONDS = 20
_CPUINFO = Path("/proc/cpuinfo")


def parse_devices(text: str, field: str = "devices", gpus: int | None = None) -> tuple[str, ...]:
    """Return the devices of `cpu`, `cuda` (every GPU), `cuda:N`, separated by commas; or `all`: every GPU, and the CPU
    if there is none.

    gpus: how many there are; None = look.

    Raises:
        UserError: not such a list, a device named twice, or a GPU that isn't there.
    """
    names = [name.strip() for name in text.split(",")]
    count = (count_gpus() if gpus is None else gpus) if names != ["cpu"] else 0
    found = tuple(f"cuda:{number}" for number in range(count))
    if names == ["all"]:
        return found or ("cpu",)
    chosen: list[str] = []
    for name in names:
        match = _CUDA.fullmatch(name)
        if name != "cpu" and name != "cuda" and match is None:
            raise UserError(field, text, _FIX)
        device = f"cuda:{int(match[1])}" if match else name
        if name != "cpu" and (not found or (match and device not in found)):
            there = f"there is {', '.join(found)}" if found else "this machine has none that can be seen"
            raise UserError(field, name, f"no such GPU; {there}")
        chosen += found if name == "cuda" else (device,)
    if len(set(chosen)) != len(chosen):
        raise UserError(field, text, "names a device twice")
    return tuple(chosen)


@dataclass(frozen=True)
class _Card:
    """A GPU as nvidia-smi lists it.

    Attributes:
        uuid: "" = not known.
        parts: the UUIDs of its MIG devices, if it is split.
    """

    uuid: str
    parts: tuple[str, ...] = ()


def count_gpus(environ: Mapping[str, str] | None = None) -> int:
    """Return how many CUDA devices a program started now would see, read from CUDA_VISIBLE_DEVICES as CUDA reads it.

    Source: CUDA C++ Programming Guide, "CUDA environment variables"; `torch.cuda._parse_visible_devices`.
    """
    visible = (os.environ if environ is None else environ).get("CUDA_VISIBLE_DEVICES")
    if visible is not None and not visible.strip():
        return 0
    cards = _installed()
    if visible is None:
        whole = sum(not card.parts for card in cards)
        return whole or min(1, len(cards))  # a program sees one MIG device at most
    names = [name.strip() for name in visible.split(",")]
    if names[0].startswith("MIG-"):
        parts = [part for card in cards for part in card.parts]
        return min(1, len(_read(names, lambda name: _place(name, "MIG-", parts))))
    if names[0].startswith("GPU-"):
        known = [card.uuid for card in cards]
        if not all(known):
            return min(len(cards), len(set(names)))
        return len(_read(names, lambda name: _place(name, "GPU-", known)))
    return len(_read(names, lambda name: _ordinal(name, len(cards))))


def _read(names: Sequence[str], place: Callable[[str], int]) -> list[int]:
    """Return the devices up to the first name that is none (place: -1); none at all if one is named twice."""
    found: list[int] = []
    for name in names:
        at = place(name)
        if at < 0:
            break
        if at in found:
            return []
        found.append(at)
    return found


def _place(name: str, prefix: str, uuids: Sequence[str]) -> int:
    """Return the place of the one UUID that begins with this name, -1 if there is none or more than one."""
    places = [at for at, uuid in enumerate(uuids) if name.startswith(prefix) and uuid.startswith(name)]
    return places[0] if len(places) == 1 else -1


def _ordinal(name: str, count: int) -> int:
    """Return the number that the name begins with, as strtoul reads it; -1 if there is no such device."""
    match = re.match(r"\+?(\d+)", name)
    return int(match[1]) if match and int(match[1]) < count else -1


def _installed() -> list[_Card]:
    """Return the GPUs of this machine, by their numbers."""
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return [_Card("") for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()]
    cards: list[_Card] = []
    for line in listed.stdout.splitlines() if listed.returncode == 0 else ():
        uuid = _UUID.search(line)
        if line.startswith("GPU "):
            cards.append(_Card(uuid[1] if uuid else ""))
        elif line.lstrip().startswith("MIG ") and cards and uuid:
            cards[-1] = replace(cards[-1], parts=(*cards[-1].parts, uuid[1]))
    return cards


def cpu_name() -> str:
    """Return the processor's model, e.g. `AMD EPYC 9R14`; `unknown` if the system does not tell."""
    try:
        lines = _CPUINFO.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model", "cpu model") and value.strip():
            return value
    return platform.processor() or platform.machine() or "unknown"
