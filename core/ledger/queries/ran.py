"""What ran: on which device, in which number format, with which kernels a stage was carried out.

The trainer says it when a stage is done (`prunesweep.worker.trainer.ran`), and it is kept beside the stage. It is no
part of a digest: what was asked decides who shares the work, what ran decides whether two results may be compared as
one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

KEYS = ("device", "numbers", "layout", "threads", "torch", "kernels", "instructions", "resumed")
"""What carried out a stage.

Attributes:
    device: the processor's or GPU's name.
    numbers: `fp32` or `bf16`.
    layout: `channels_last` or `contiguous`.
    threads: CPU threads.
    torch: its version.
    kernels: versions of oneDNN, or of cuDNN and CUDA; whether the network was compiled.
    instructions: the set that torch chose.
    resumed: whether the training was begun by an earlier attempt, which may have been elsewhere.
"""
CHANNELS = ("mean", "std")
"""What evaluations say beside that: how their images were normalised, three numbers such as `0.49,0.48,0.45`."""
Ran = Mapping[str, Any]


def together(ran: Iterable[Ran | None]) -> dict[str, Any]:
    """Return `ran_KEY` → the value that these stages share, or their distinct ones, `; ` between; None where one of
    them is not known, as of stages that an older release ran."""
    known = list(ran)
    if not all(known):
        return dict.fromkeys(f"ran_{key}" for key in KEYS)
    return {f"ran_{key}": _shared([one.get(key) for one in known if one]) for key in KEYS}


def in_words(ran: Ran) -> str:
    """Return one line: `bf16, channels_last, 2 threads, torch 2.13.0, oneDNN 3.12.0, AVX512 on AMD EPYC 9R14`."""
    threads = f"{ran.get('threads')} thread{'' if ran.get('threads') == 1 else 's'}"
    what = [ran.get("numbers"), ran.get("layout"), threads, f"torch {ran.get('torch')}", ran.get("kernels")]
    return f"{', '.join(str(one) for one in what if one)}, {ran.get('instructions')} on {ran.get('device')}"


def _shared(values: list[object]) -> str | None:
    if not values or None in values:
        return None
    return "; ".join(dict.fromkeys(str(value) for value in values))
