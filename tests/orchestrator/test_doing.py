"""What runs now, in words."""

import pytest

from prunesweep.core.ledger.db.doing import BYTES, STEPS, Doing
from prunesweep.orchestrator.status.doing import epochs, words


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (None, ""),
        (Doing("training", 3, 9, "steps"), ""),
        (Doing("scoring"), "scoring"),
        (Doing("reading images", 1_200, 50_000, "images"), "reading images: 1,200 of 50,000"),
        (Doing("downloading", 34_200_000, 0, BYTES), "downloading: 34 MB"),
        (Doing("reading from the store", 3_200_000, 120_000_000, BYTES), "reading from the store: 3.2 of 120 MB"),
        (Doing("storing", 0, 44_700_000, BYTES), "storing: 45 MB"),
    ],
)
def test_words(doing, said):
    assert words(doing) == said


def test_an_epoch_in_the_middle_counts_as_a_part_and_never_as_a_whole_one():
    assert epochs(0, 0, None) == "–"
    assert epochs(1, 3, None) == "1/3"
    assert epochs(1, 3, Doing("training", 140, 300, STEPS)) == "1.4/3"
    assert epochs(1, 3, Doing("training", 200, 300, STEPS)) == "1.9/3"
    assert epochs(2, 3, Doing("training", 199, 300, STEPS)) == "2/3", "written before the epoch ended"
    assert epochs(3, 3, Doing("training", 300, 300, STEPS)) == "3/3"
    assert epochs(1, 3, Doing("storing", 40, 100, BYTES)) == "1/3"
