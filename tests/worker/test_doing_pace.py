"""How often the ledger hears what a trainer does."""

from itertools import pairwise

from prunesweep.core.ledger.db.doing import Doing
from prunesweep.worker.doing_pace import DoingPace
from prunesweep.worker.protocol import Progress
from prunesweep.worker.trainer.progress import ReportedRecording, Reporter


def test_at_most_one_a_second_at_first_and_one_in_five_in_a_long_phase():
    now = [0.0]
    pace = DoingPace(lambda: now[0])
    pace.begin()
    told = []
    for tenth in range(3_000):
        pace.note(Doing("reading images", tenth, 3_000, "images"))
        if pace.due() is not None:
            told.append(now[0])
        now[0] += 0.1
    gaps = [after - before for before, after in pairwise(told)]
    assert min(gaps) >= 0.99
    assert gaps[0] < 1.2
    assert 4.5 < gaps[-1] < 5.5


def test_the_rate_is_that_of_the_present_count():
    now = [0.0]
    pace = DoingPace(lambda: now[0])
    for epoch in range(2):
        for second in range(3):
            pace.note(Doing("training", 100 + (50 - 25 * epoch) * second, 300, "steps"))
            now[0] += 1.0
        told = pace.due()
        assert told is not None and told.rate == 50 - 25 * epoch


def test_nothing_new_is_not_told_again_and_another_stage_begins_with_nothing():
    pace = DoingPace()
    assert pace.due() is None
    pace.note(Doing("scoring"))
    assert pace.due() == Doing("scoring", rate=0.0)
    assert pace.due() is None
    pace.note(Doing("storing", total=7))
    pace.begin()
    assert pace.due() is None


def test_making_a_recording_is_a_phase_of_its_own():
    events, done = [], []

    class Recording:
        def capture(self, work):
            work()

        def replay(self):
            done.append("replay")

    report = Reporter(events.append)
    report("training", done=1, total=5, unit="steps")
    recording = ReportedRecording(Recording(), report)
    recording.capture(lambda: done.append("capture"))
    recording.replay()
    assert done == ["capture", "replay"]
    assert events == [Progress("training", "", 1, 5, "steps"), Progress("recording a step")]
