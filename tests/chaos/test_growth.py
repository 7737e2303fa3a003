"""What the soak takes for growth: leaks are found beside noise and sawtooths, and those are not taken for leaks."""

import random

from tests.chaos.growth import Quantity, table, trend

MIB = 2.0**20
HOURS = [minute / 60 for minute in range(61)]
MEMORY = Quantity("worker RSS", "bytes", 4 * MIB)


def test_a_leak_is_found_and_what_stays_is_not():
    chance = random.Random(1)
    noise = [chance.uniform(-3, 3) * MIB for _ in HOURS]
    settles = [150 * MIB + 60 * MIB * min(hour, 0.25) + extra for hour, extra in zip(HOURS, noise, strict=True)]
    leaks = [150 * MIB + 25 * MIB * hour + extra for hour, extra in zip(HOURS, noise, strict=True)]
    assert not trend(MEMORY, HOURS, settles).grows
    found = trend(MEMORY, HOURS, leaks)
    assert found.grows
    assert 20 < found.slope / MIB < 30
    assert "GROWS" in table([found])


def test_sawtooths_and_single_peaks_are_no_growth():
    log = Quantity("ledger's WAL", "bytes", 1 * MIB)
    teeth = [minute % 7 * 4 * MIB for minute in range(61)]
    assert not trend(log, HOURS, teeth).grows
    peak = [MIB] * 60 + [100 * MIB]
    assert not trend(log, HOURS, peak).grows


def test_counts_that_creep_are_found_and_what_is_not_judged_is_not():
    creeping = [8.0 + minute // 5 for minute in range(61)]
    assert trend(Quantity("trainer fds", "count", 3), HOURS, creeping).grows
    assert not trend(Quantity("stderr", "bytes", None), HOURS, [minute * MIB for minute in range(61)]).grows
