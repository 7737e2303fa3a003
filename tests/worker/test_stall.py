"""How long a trainer may be silent."""

from hypothesis import given
from hypothesis import strategies as st

from prunesweep.worker.stall import FACTOR, SHORTEST, StallDetector


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def waited(silence, clock, seconds):
    """As a worker does: looks about once a second."""
    for _ in range(int(seconds)):
        clock.now += 1.0
        silence.look()


def test_first_steps_have_the_stated_maximum_and_later_ones_their_own_pace():
    clock = Clock()
    silence = StallDetector(900.0, clock, "beginning")
    waited(silence, clock, 890)
    assert not silence.hung
    silence.progressed("training")
    assert silence.limit == 900.0
    for _ in range(10):
        waited(silence, clock, 5)
        silence.progressed("training")
    assert silence.limit == FACTOR * 5
    waited(silence, clock, 101)
    assert silence.hung
    assert str(silence) == "silent for 101 s while training (limit 100 s)"


def test_a_new_phase_has_a_pace_of_its_own():
    clock = Clock()
    silence = StallDetector(900.0, clock, "training")
    for _ in range(20):
        waited(silence, clock, 1)
        silence.progressed("training")
    assert silence.limit == SHORTEST
    silence.progressed("packing")
    assert silence.limit == 900.0


@given(st.floats(0.0, 1e9), st.floats(1.0, 1e4))
def test_a_machine_that_slept_has_heard_nothing_meanwhile(asleep, maximum):
    clock = Clock()
    silence = StallDetector(max(maximum, 3.0), clock, "training")
    clock.now += asleep
    silence.look()
    assert not silence.hung


def test_nothing_counts_while_nobody_listens():
    clock = Clock()
    silence = StallDetector(10.0, clock, "training")
    with silence.paused():
        waited(silence, clock, 1000)
    assert silence.look() == 0.0
