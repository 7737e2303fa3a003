"""Which images of a class are test images, where a dataset comes in one piece: by a hash of their names, so that
neither machine nor order decides, and an image that is added moves few others."""

from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha256

from prunesweep.core.plan.datasets import share_of


def held_out(names: Iterable[str], share: str) -> frozenset[str]:
    """Return those of a class's images that are test images: the share of them to the nearest whole number, at least
    one, and never all; none of a single image.

    They are the first by SHA-256 of seed and name.

    Args:
        names: each of them once, without the folder of a split, e.g. `cat/0001.png`.
        share: as `parse_share` writes it.
    """
    fraction, seed = share_of(share)
    ordered = sorted(names, key=lambda name: (sha256(f"{seed}\0{name}".encode()).digest(), name))
    wanted = int(len(ordered) * fraction + Fraction(1, 2))
    return frozenset(ordered[: min(max(wanted, 1), len(ordered) - 1)]) if ordered else frozenset()
