"""When delivery to a worker counts as stopped."""

from prunesweep.worker.watchdog import LOOKS, Watchdog


def looks(watchdog: Watchdog, *moments: float) -> list[bool]:
    return [watchdog.stalled(moment) for moment in moments]


def test_delivery_has_stopped_after_too_many_looks_without_a_hint() -> None:
    watchdog = Watchdog(1.0)
    seconds = [100.0 + number for number in range(2 * LOOKS + 2)]
    assert looks(watchdog, *seconds) == ([False] * LOOKS + [True]) * 2


def test_a_hint_in_between_begins_anew() -> None:
    watchdog = Watchdog(1.0)
    for number in range(4 * LOOKS):
        assert not watchdog.stalled(100.0 + number)
        if number % LOOKS == 0:
            watchdog.delivered()


def test_looks_in_haste_count_as_one() -> None:
    watchdog = Watchdog(1.0)
    assert not any(looks(watchdog, *(100.0 + number / 100 for number in range(90))))


def test_time_for_which_it_was_stopped_counts_as_one_look() -> None:
    watchdog = Watchdog(1.0)
    assert not any(looks(watchdog, 100.0, 101.0, 5000.0, 5001.0))
