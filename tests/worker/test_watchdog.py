"""When a worker counts as deaf."""

from prunesweep.worker.watchdog import LOOKS, Watchdog


def looks(watchdog: Watchdog, *moments: float) -> list[bool]:
    return [watchdog.deaf(moment) for moment in moments]


def test_deaf_is_who_hears_nothing_look_after_look() -> None:
    watchdog = Watchdog(1.0)
    seconds = [100.0 + number for number in range(2 * LOOKS + 2)]
    assert looks(watchdog, *seconds) == ([False] * LOOKS + [True]) * 2


def test_a_hint_in_between_begins_anew() -> None:
    watchdog = Watchdog(1.0)
    for number in range(4 * LOOKS):
        assert not watchdog.deaf(100.0 + number)
        if number % LOOKS == 0:
            watchdog.heard()


def test_looks_in_haste_count_as_one() -> None:
    watchdog = Watchdog(1.0)
    assert not any(looks(watchdog, *(100.0 + number / 100 for number in range(90))))


def test_time_for_which_it_was_stopped_counts_as_one_look() -> None:
    watchdog = Watchdog(1.0)
    assert not any(looks(watchdog, 100.0, 101.0, 5000.0, 5001.0))
