"""What commands on files say of an error that a stage could have, too."""

import pytest

from prunesweep.core.errors import RENAME, REPAIR, RETRY, StageError, WrongPlan, of_no_stage
from prunesweep.core.jobs.programs import COSTS
from prunesweep.core.jobs.protocol import respond


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"put a into b, or choose --dataset digits, and {RENAME}", "put a into b, or choose --dataset digits"),
        (f"free some, {RETRY}; or choose a smaller size, and {RENAME}", "free some; or choose a smaller size"),
        (str(WrongPlan("it is random", "correct the file")), "it is random; correct the file"),
        (f"the artifact is damaged; {REPAIR}", "the artifact is damaged"),
        (f"put it back, {RETRY}; to train on what is there now, {RENAME}", "put it back"),
        ("no class 'x'", "no class 'x'"),
    ],
)
def test_what_is_for_stages_is_left_out(message: str, shown: str) -> None:
    assert of_no_stage(message) == shown


def test_programs_leave_it_out() -> None:
    def handler(request, say):
        raise StageError(f"cifar10 cannot be downloaded: choose digits, and {RENAME}")
        yield

    sent = []
    assert respond('{"rounds": 3}', COSTS, handler, sent.append) == 2
    assert sent[0]["message"] == "cifar10 cannot be downloaded: choose digits"
