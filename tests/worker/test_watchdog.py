"""When a worker counts as deaf."""

from prunesweep.worker.watchdog import LOOKS, Watchdog


def looks(hearing: Watchdog, *moments: float) -> list[bool]:
    return [hearing.deaf(moment) for moment in moments]


def test_deaf_is_who_hears_nothing_look_after_look() -> None:
    hearing = Watchdog(1.0)
    seconds = [100.0 + number for number in range(2 * LOOKS + 2)]
    assert looks(hearing, *seconds) == ([False] * LOOKS + [True]) * 2


def test_a_hint_in_between_begins_anew() -> None:
    hearing = Watchdog(1.0)
    for number in range(4 * LOOKS):
        assert not hearing.deaf(100.0 + number)
        if number % LOOKS == 0:
            hearing.heard()


def test_looks_in_haste_count_as_one() -> None:
    hearing = Watchdog(1.0)
    assert not any(looks(hearing, *(100.0 + number / 100 for number in range(90))))


def test_time_for_which_it_was_stopped_counts_as_one_look() -> None:
    hearing = Watchdog(1.0)
    assert not any(looks(hearing, 100.0, 101.0, 5000.0, 5001.0))
